// Which errors come from a source, so that the run can continue without it.
import { FeedError } from '../../src/base/feed-error.ts';

/** All other errors end the harvest: a cancelled run must not be taken for one whose sources failed. */
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

/** The HTTP status behind the failure of a source, such as 403 for a missing permission; null when there is none. */
export function failureStatus({ cause }: FeedError): number | null {
  if (typeof cause !== 'object' || cause === null || !('status' in cause)) return null;
  return typeof cause.status === 'number' ? cause.status : null;
}
