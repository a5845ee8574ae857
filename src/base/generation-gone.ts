// The error of a read whose generation has been removed while its pages were read.
import { FeedError } from './feed-error.ts';

export function generationGone(id: number): FeedError {
  return new FeedError('request.generation-gone', `Generation ${id} is no longer kept.`, {
    hint: 'Start again from the first page.',
  });
}
