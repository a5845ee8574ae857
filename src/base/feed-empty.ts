// Before the first run there is nothing to read, whoever asks and in which way.
import { FeedError } from './feed-error.ts';

export const NOTHING_PUBLISHED = 'Nothing has been published yet.';

/** `dataDir` is named where a person chose it. */
export function feedEmpty(dataDir?: string): FeedError {
  const message =
    dataDir === undefined ? NOTHING_PUBLISHED : `Nothing has been published in '${dataDir}' yet.`;
  return new FeedError('feed.empty', message, {
    hint: 'Run `fleetfeed snapshot`, or wait for the next night.',
    retryAfterSeconds: 60,
  });
}
