// Going back: which generation is served again, and what the journal says of it.
import { FeedError } from '../../base/feed-error.ts';
import type { StoredGeneration } from './generations.ts';
import { runAtOnce, type RunAtOnce } from './run-at-once.ts';

export interface WayBack {
  readonly newest: StoredGeneration;
  readonly target: StoredGeneration;
}

/**
 * The generation of the number `to`, or the last one whose night was before the one being served: going back twice goes
 * back further. Throws FeedError `setup.bad-setting` with those there are.
 */
export function findEarlier(kept: readonly StoredGeneration[], to: number | null): WayBack {
  const [newest, ...earlier] = kept;
  const target = earlier.find((each) =>
    to === null ? each.publishedAt < (newest?.publishedAt ?? '') : each.id === to,
  );
  if (newest && target) return { newest, target };
  const what = to === null ? 'No earlier night is kept.' : `Generation ${to} is not one to go back to.`;
  const choices = earlier.map(({ id, dateKey }) => `${id} of ${dateKey}`).join(', ');
  throw new FeedError('setup.bad-setting', what, {
    target: '--to',
    hint: choices === '' ? 'There is nothing to go back to.' : `There is ${choices}.`,
  });
}

export function rollbackRun(
  { id, dateKey }: StoredGeneration,
  newest: StoredGeneration,
  now: Date,
): RunAtOnce {
  const reason = `From generation ${newest.id} back to generation ${id} of the night of ${dateKey}.`;
  return runAtOnce({ dateKey, outcome: 'rollback', reason }, now);
}
