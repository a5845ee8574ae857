// Whether a night is still to be run today: what the schedule asks, however late it wakes and whatever the clock did.
import type { Clock } from '../../src/base/clock.ts';
import { dateKeyOf } from '../../src/base/date-key.ts';
import type { RunOutcome, RunRecord } from '../../src/engines/run-journal.ts';
import type { Warehouse } from '../../src/engines/warehouse.ts';

/** Graph may be out of reach for hours; what fails five times a day is not helped by a sixth. */
const ATTEMPTS_PER_DAY = 5;
const RETRY_DELAY_MS = 3_600_000;

/** Someone has to look, or has looked and decided: the same harvest would only undo that. */
const NEEDS_OPERATOR: readonly RunOutcome[] = ['refused', 'withdrawn'];

/**
 * True from 00:00 UTC until the night of the day is published. False where a later day is already there, as after a
 * clock that went back, and for an hour after a try that failed.
 */
export function isRunDue(warehouse: Pick<Warehouse, 'current' | 'journal'>, clock: Clock): boolean {
  const now = clock.now();
  const today = dateKeyOf(now);
  const lastDay = warehouse.current()?.dateKey;
  if (lastDay !== undefined && lastDay >= today) return false;
  // Rollbacks are told of the day they went back to.
  const attempts = warehouse.journal.recent(2 * ATTEMPTS_PER_DAY).filter(({ dateKey }) => dateKey === today);
  if (attempts.length >= ATTEMPTS_PER_DAY || attempts.some(({ outcome }) => NEEDS_OPERATOR.includes(outcome)))
    return false;
  return attempts.every(
    (run) => run.outcome !== 'failed' || millisecondsSinceEnd(run, now) >= RETRY_DELAY_MS,
  );
}

/** Milliseconds; less than none where the clock went back in between. */
function millisecondsSinceEnd({ endedAt }: RunRecord, now: Date): number {
  return endedAt === null ? Infinity : now.getTime() - endedAt.getTime();
}
