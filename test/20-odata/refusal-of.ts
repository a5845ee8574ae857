// The error that a text ends in, for tables of refusals.
import { FeedError } from '../../src/base/feed-error.ts';

/** Anything but a FeedError is thrown on: it is a defect. */
export function refusalOf(read: () => unknown): FeedError {
  try {
    read();
  } catch (error) {
    if (error instanceof FeedError) return error;
    throw error;
  }
  throw new TypeError('Nothing was refused.');
}
