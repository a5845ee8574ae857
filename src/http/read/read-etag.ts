// The entity tag of a read: everything that its answer depends on.
import { dateKeyOf } from '../../base/date-key.ts';
import { makeEtag } from '../request/etag.ts';
import type { FeedRequest } from '../request/feed-request.ts';
import type { PlannedRead } from './planned-read.ts';

/** Null for a read whose answer depends on the time: what `now()` means is not known until it is asked. */
export function readEtag(
  { base, mount, rawQuery, contentEncoding }: FeedRequest,
  { plan, changes, format, preferences, generation, paging }: PlannedRead,
  fingerprint: string,
): string | null {
  const { cursorScope, startedAt } = paging;
  if (/\bnow\b/i.test(cursorScope)) return null;
  const protocolVersion = changes?.protocolVersion ?? null;
  return makeEtag([
    fingerprint,
    generation.id,
    generation.publishedAt,
    dateKeyOf(startedAt),
    plan.version,
    mount.resource,
    cursorScope,
    rawQuery,
    JSON.stringify([format, preferences, protocolVersion, contentEncoding, base]),
  ]);
}
