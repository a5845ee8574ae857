// The requests of a $batch, in either of its two formats and in the order in which they are answered.
import { limitExceeded } from '../../base/limit-exceeded.ts';
import { FeedError } from '../../base/feed-error.ts';
import type { Limits } from '../../base/limits.ts';
import { excerpt } from '../excerpt.ts';

export interface BatchPart {
  /** Answers and other parts refer to it; null only in multipart, where it is optional. */
  readonly id: string | null;
  /** Upper case; null for a change set of the multipart form. */
  readonly method: string | null;
  /** As written: absolute, from the root of the host, relative to the service, or `$id/…` of an earlier part. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Ids of earlier parts and groups that must have succeeded. */
  readonly dependsOn: readonly string[];
  /** Parts of a group are adjacent, and succeed or fail together. */
  readonly group: string | null;
  /** `if`: whether an earlier part must have succeeded, or must not have; null for no condition. */
  readonly condition: { readonly id: string; readonly succeeded: boolean } | null;
}

/** `label` names the part: `Part 3`. */
export function malformedPart(label: string, problem: string, hint?: string): FeedError {
  return new FeedError('request.malformed-batch', `${label} of the batch ${problem}.`, {
    target: '$batch',
    hint,
  });
}

/** Throws `limit.batch-too-large` for too many parts. */
export function checkPartCount(parts: number, limits: Limits): void {
  if (parts <= limits.batchParts) return;
  throw limitExceeded('batchParts', 'The batch', limits, { actual: parts, target: '$batch' });
}

/** Throws `request.malformed-batch` for an id that is used twice, a reference to a later part, and a group in two pieces. */
export function checkReferences(parts: readonly BatchPart[]): void {
  const known = new Set<string>();
  let group: string | null = null;
  for (const [index, part] of parts.entries()) {
    const label = `Part ${index + 1}`;
    const references = [...part.dependsOn, ...(part.condition ? [part.condition.id] : [])];
    const missing = references.find((id) => !known.has(id) || id === part.group);
    if (missing !== undefined) {
      throw malformedPart(label, `depends on ${excerpt(missing)}, which is not before it`);
    }
    if (part.group !== group) {
      group = part.group;
      if (group !== null && known.has(group)) {
        throw malformedPart(label, `has the group or id ${excerpt(group)}, which ended before it`);
      }
      if (group !== null) known.add(group);
    }
    if (part.id === null) continue;
    if (known.has(part.id)) throw malformedPart(label, `has the id ${excerpt(part.id)}, which is taken`);
    known.add(part.id);
  }
}
