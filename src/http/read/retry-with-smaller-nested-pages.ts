// Pages inside rows: as large as the client prefers, and smaller where one row would hold too many rows in all.
import { FeedError } from '../../base/feed-error.ts';
import { largestNestedPage, limitNestedPages } from '../../plan/limit-nested-pages.ts';
import type { Answer } from '../answer.ts';
import type { PlannedRead } from './planned-read.ts';

const SHRINK_FACTOR = 10;

/** Throws as `serve` does, and its `limit.too-complex` only where no page inside a row can be smaller. */
export async function retryWithSmallerNestedPages(
  plannedRead: PlannedRead,
  serve: (plannedRead: PlannedRead) => Promise<Answer>,
  maxRows = plannedRead.preferences.maxPageSize ?? Infinity,
): Promise<Answer> {
  const plan = limitNestedPages(plannedRead.plan, maxRows);
  try {
    return await serve({ ...plannedRead, plan });
  } catch (error) {
    const largest = largestNestedPage(plan);
    const isTooMuch = error instanceof FeedError && error.code === 'limit.too-complex';
    if (!isTooMuch || largest <= 1) throw error;
    return retryWithSmallerNestedPages(plannedRead, serve, Math.ceil(largest / SHRINK_FACTOR));
  }
}
