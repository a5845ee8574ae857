// Whether a run is due today. Depends on stored generations and runs, so it is right after a sleep or a clock change.
import type { Clock } from '../../src/base/clock.ts';
import { dateKeyOf } from '../../src/base/date-key.ts';
import type { RunOutcome, RunRecord } from '../../src/engines/run-journal.ts';
import type { Warehouse } from '../../src/engines/warehouse.ts';

/** Graph may be unreachable for hours, but after five failures on one day a sixth run does not help. */
const ATTEMPTS_PER_DAY = 5;
const RETRY_DELAY_MS = 3_600_000;

/** An operator has to decide, or has decided; another run on the same day would override that. */
const NEEDS_OPERATOR: readonly RunOutcome[] = ['refused', 'withdrawn'];

/**
 * True from 00:00 UTC until the snapshot day is published. False when a later day is already published, as after the
 * clock was set back, and for an hour after a failed run.
 */
export function isRunDue(warehouse: Pick<Warehouse, 'current' | 'journal'>, clock: Clock): boolean {
  const now = clock.now();
  const today = dateKeyOf(now);
  const lastDay = warehouse.current()?.dateKey;
  if (lastDay !== undefined && lastDay >= today) return false;
  // A rollback is recorded under the day it returned to.
  const attempts = warehouse.journal.recent(2 * ATTEMPTS_PER_DAY).filter(({ dateKey }) => dateKey === today);
  if (attempts.length >= ATTEMPTS_PER_DAY || attempts.some(({ outcome }) => NEEDS_OPERATOR.includes(outcome)))
    return false;
  return attempts.every(
    (run) => run.outcome !== 'failed' || millisecondsSinceEnd(run, now) >= RETRY_DELAY_MS,
  );
}

/** Negative when the clock was set back since. */
function millisecondsSinceEnd({ endedAt }: RunRecord, now: Date): number {
  return endedAt === null ? Infinity : now.getTime() - endedAt.getTime();
}
