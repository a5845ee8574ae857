// The error of every read before the first run has published a generation.
import { FeedError } from './feed-error.ts';

export const NOTHING_PUBLISHED = 'Nothing has been published yet.';

/** `dataDir` is given where a user named it. */
export function feedEmpty(dataDir?: string): FeedError {
  const message =
    dataDir === undefined ? NOTHING_PUBLISHED : `Nothing has been published in '${dataDir}' yet.`;
  return new FeedError('feed.empty', message, {
    hint: 'Run `fleetfeed snapshot`, or wait for the next night.',
    retryAfterSeconds: 60,
  });
}
