// Which errors are those of a source, so that a night can do without it.
import { FeedError } from '../../src/base/feed-error.ts';

/** All others pass through the harvest: a night that is called off must not become one that lacks much. */
export function isSourceFailure(thrown: unknown): thrown is FeedError {
  return (
    thrown instanceof FeedError &&
    (thrown.code === 'feed.source-refused' || thrown.code === 'feed.source-unavailable')
  );
}
