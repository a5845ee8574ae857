// Which devices a night asks one by one: all in a week, so that no night asks many.
import { addDays, canonicalMidnight, midnightOf, type DateKey } from '../../src/base/date-key.ts';

const ROTATION_DAYS = 7;
const DAY_MS = 86_400_000;

export interface DeviceTimes {
  readonly id: string;
  /** Canonical instants, or null. */
  readonly enrolled: string | null;
  readonly lastSync: string | null;
}

/** New ones at once, others on one day of the week, told by their id, if they were heard of since that day a week ago. */
export function makeIsDetailsDue(day: DateKey): (device: DeviceTimes) => boolean {
  const yesterday = canonicalMidnight(addDays(day, -1));
  const aWeekAgo = canonicalMidnight(addDays(day, -ROTATION_DAYS));
  const todaysSlot = (midnightOf(day).getTime() / DAY_MS) % ROTATION_DAYS;
  return ({ id, enrolled, lastSync }) =>
    (enrolled ?? '') >= yesterday || (rotationSlot(id) === todaysSlot && (lastSync ?? '') >= aWeekAgo);
}

// The last digits of a GUID are as good as drawn.
function rotationSlot(id: string): number {
  const digits = Number.parseInt(id.slice(-8), 16);
  return Number.isNaN(digits) ? 0 : digits % ROTATION_DAYS;
}
