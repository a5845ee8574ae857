// Entity tags: a published generation never changes, so its id and the request identify the answer, and no query is run.
import { createHash } from 'node:crypto';

/**
 * A weak tag, since two answers to the same request may end their page after different rows. `facts` are all that the
 * answer depends on.
 */
export function makeEtag(facts: readonly (string | number)[]): string {
  return `W/"${createHash('sha256').update(JSON.stringify(facts)).digest('base64url').slice(0, 27)}"`;
}

/** Whether an `If-None-Match` contains the tag. */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const strong = (tag: string): string => tag.trim().replace(/^W\//, '');
  return ifNoneMatch.split(',').some((tag) => tag.trim() === '*' || strong(tag) === strong(etag));
}
