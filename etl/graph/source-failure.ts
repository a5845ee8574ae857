// Which errors are those of a source, so that a night can do without it.
import { FeedError } from '../../src/base/feed-error.ts';

/** All others pass through the harvest: a night that is called off must not become one that lacks much. */
export function isSourceFailure(thrown: unknown): thrown is FeedError {
  return (
    thrown instanceof FeedError &&
    (thrown.code === 'feed.source-refused' || thrown.code === 'feed.source-unavailable')
  );
}

/** The cause of an error that Graph answered with a status. */
export interface GraphErrorCause {
  readonly status: number;
  /** Graph's own code, such as `Forbidden`; empty when there was none. */
  readonly code: string;
}

/** The HTTP status behind the failure of a source, such as 403 for a permission that was not given; else null. */
export function failureStatus({ cause }: FeedError): number | null {
  if (typeof cause !== 'object' || cause === null || !('status' in cause)) return null;
  return typeof cause.status === 'number' ? cause.status : null;
}
