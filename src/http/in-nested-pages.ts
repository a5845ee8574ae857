// Pages inside rows: as large as the client prefers, and smaller where one row would hold too many rows in all.
import { FeedError } from '../base/feed-error.ts';
import { largestNestedPage, withNestedPages } from '../plan/nested-pages.ts';
import type { Answer } from './answer.ts';
import type { Reading } from './reading.ts';

const SMALLER = 10;

/** Throws as `serve` does, and its `limit.too-complex` only where no page inside a row can be smaller. */
export async function inNestedPages(
  reading: Reading,
  serve: (reading: Reading) => Promise<Answer>,
  most = reading.preferences.maxPageSize ?? Infinity,
): Promise<Answer> {
  const plan = withNestedPages(reading.plan, most);
  try {
    return await serve({ ...reading, plan });
  } catch (error) {
    const largest = largestNestedPage(plan);
    const isTooMuch = error instanceof FeedError && error.code === 'limit.too-complex';
    if (!isTooMuch || largest <= 1) throw error;
    return inNestedPages(reading, serve, Math.ceil(largest / SMALLER));
  }
}
