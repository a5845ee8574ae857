// A generation that is asked for may be gone, and before the first night there is none.
import { FeedError } from '../../base/feed-error.ts';
import type { Generation } from '../../engines/engine.ts';

/** `id` is that of the generation that was asked for, null for the newest. Throws `request.generation-gone`, `feed.empty`. */
export function requireGeneration(generation: Generation | null, id: number | null): Generation {
  if (generation) return generation;
  if (id !== null) {
    throw new FeedError('request.generation-gone', `Snapshot ${id} is no longer kept.`, {
      hint: 'Start again from the first page.',
    });
  }
  throw new FeedError('feed.empty', 'No night has been published yet.', {
    hint: 'Run `fleetfeed snapshot`, or wait for the next night.',
    retryAfterSeconds: 60,
  });
}
