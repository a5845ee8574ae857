// Finds the generation that a rollback serves again, and writes its run record.
import { FeedError } from '../../../base/feed-error.ts';
import type { StoredGeneration } from './generation-files.ts';
import { maintenanceRun, type MaintenanceRun } from '../journal/maintenance-run.ts';

export interface RollbackTarget {
  readonly newest: StoredGeneration;
  readonly target: StoredGeneration;
}

/**
 * The generation with the number `to`, or the last one published at an earlier moment than the one being served, so that
 * a second rollback goes back further. Throws FeedError `setup.bad-setting` that lists the possible generations.
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
  const what =
    to === null ? 'No earlier generation is kept.' : `Generation ${to} is not an earlier one that is kept.`;
  const choices = earlier.map(({ id, dateKey }) => `${id} of ${dateKey}`).join(', ');
  throw new FeedError('setup.bad-setting', what, {
    target: '--to',
    hint: choices === '' ? 'There is nothing to go back to.' : `Kept are ${choices}.`,
  });
}

export function rollbackRunRecord(
  { id, dateKey }: StoredGeneration,
  newest: StoredGeneration,
  now: Date,
): MaintenanceRun {
  const reason = `From generation ${newest.id} back to generation ${id} of ${dateKey}.`;
  return maintenanceRun({ dateKey, outcome: 'rollback', reason }, now);
}
