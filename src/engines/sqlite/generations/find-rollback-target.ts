// Going back: which generation is served again, and what the journal says of it.
import { FeedError } from '../../../base/feed-error.ts';
import type { StoredGeneration } from './generation-files.ts';
import { maintenanceRun, type MaintenanceRun } from '../journal/maintenance-run.ts';

export interface RollbackTarget {
  readonly newest: StoredGeneration;
  readonly target: StoredGeneration;
}

/**
 * The generation of the number `to`, or the last one whose night was before the one being served: going back twice goes
 * back further. Throws FeedError `setup.bad-setting` with those there are.
 */
export function findRollbackTarget(
  generations: readonly StoredGeneration[],
  to: number | null,
): RollbackTarget {
  const [newest, ...earlier] = generations;
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

export function rollbackRunRecord(
  { id, dateKey }: StoredGeneration,
  newest: StoredGeneration,
  now: Date,
): MaintenanceRun {
  const reason = `From generation ${newest.id} back to generation ${id} of the night of ${dateKey}.`;
  return maintenanceRun({ dateKey, outcome: 'rollback', reason }, now);
}
