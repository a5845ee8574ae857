// Whether a night is still to be run today: what the schedule asks, however late it wakes and whatever the clock did.
import type { Clock } from '../src/base/clock.ts';
import { dateKeyOf } from '../src/base/date-key.ts';
import type { RunOutcome, RunRecord, Warehouse } from '../src/engines/generation-build.ts';

/** Graph may be out of reach for hours; what fails five times a day is not helped by a sixth. */
const TRIES_A_DAY = 5;
const PAUSE_MS = 3_600_000;

/** Someone has to look, or has looked and decided: the same harvest would only undo that. */
const LEFT_TO_PEOPLE: readonly RunOutcome[] = ['refused', 'withdrawn'];

/**
 * True from 00:00 UTC until the night of the day is published. False where a later day is already there, as after a
 * clock that went back, and for an hour after a try that failed.
 */
export function isNightDue(warehouse: Pick<Warehouse, 'current' | 'journal'>, clock: Clock): boolean {
  const now = clock.now();
  const today = dateKeyOf(now);
  const last = warehouse.current()?.dateKey;
  if (last !== undefined && last >= today) return false;
  // Rollbacks are told of the day they went back to.
  const tries = warehouse.journal.recent(2 * TRIES_A_DAY).filter(({ dateKey }) => dateKey === today);
  if (tries.length >= TRIES_A_DAY || tries.some(({ outcome }) => LEFT_TO_PEOPLE.includes(outcome)))
    return false;
  return tries.every((run) => run.outcome !== 'failed' || sinceEnd(run, now) >= PAUSE_MS);
}

/** Milliseconds; less than none where the clock went back in between. */
function sinceEnd({ endedAt }: RunRecord, now: Date): number {
  return endedAt === null ? Infinity : now.getTime() - endedAt.getTime();
}
