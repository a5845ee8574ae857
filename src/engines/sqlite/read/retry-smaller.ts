// Reads that write too many rows inside rows are run again, smaller.
import { FeedError } from '../../../base/feed-error.ts';

/**
 * Runs the attempt; where it is `limit.too-complex`, runs the next smaller one. Throws as `run` does, and its
 * `limit.too-complex` only where `smallerThan` gives null.
 */
export async function retrySmaller<Attempt, Result>(
  attempt: Attempt,
  run: (attempt: Attempt) => Promise<Result>,
  smallerThan: (attempt: Attempt) => Attempt | null,
): Promise<Result> {
  try {
    return await run(attempt);
  } catch (error) {
    if (!(error instanceof FeedError) || error.code !== 'limit.too-complex') throw error;
    const smaller = smallerThan(attempt);
    if (smaller === null) throw error;
    return retrySmaller(smaller, run, smallerThan);
  }
}
