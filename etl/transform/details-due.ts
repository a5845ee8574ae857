// Which devices a night asks one by one: all in a week, so that no night asks many.
import { addDays, midnightOf, type DateKey } from '../../src/base/date-key.ts';
import { canonicalInstant } from './sentinels.ts';

const DAYS_OF_A_ROUND = 7;
const DAY_MS = 86_400_000;

export interface DeviceTimes {
  readonly id: string;
  /** Canonical instants, or null. */
  readonly enrolled: string | null;
  readonly lastSync: string | null;
}

/** New ones at once, others on one day of the week, told by their id, if they were heard of since that day a week ago. */
export function makeDetailsDue(night: DateKey): (device: DeviceTimes) => boolean {
  const yesterday = canonicalInstant(midnightOf(addDays(night, -1)));
  const aWeekAgo = canonicalInstant(midnightOf(addDays(night, -DAYS_OF_A_ROUND)));
  const turn = (midnightOf(night).getTime() / DAY_MS) % DAYS_OF_A_ROUND;
  return ({ id, enrolled, lastSync }) =>
    (enrolled ?? '') >= yesterday || (turnOf(id) === turn && (lastSync ?? '') >= aWeekAgo);
}

// The last digits of a GUID are as good as drawn.
function turnOf(id: string): number {
  const digits = Number.parseInt(id.slice(-8), 16);
  return Number.isNaN(digits) ? 0 : digits % DAYS_OF_A_ROUND;
}
