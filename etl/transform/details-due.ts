// Which devices are requested one by one in a run: all of them within a week, so that no run requests many.
import { addDays, canonicalMidnight, midnightOf, type DateKey } from '../../src/base/date-key.ts';

const ROTATION_DAYS = 7;
const DAY_MS = 86_400_000;

export interface DeviceTimes {
  readonly id: string;
  /** Canonical instants, or null. */
  readonly enrolled: string | null;
  readonly lastSync: string | null;
}

/** New devices at once; the others on a fixed day of the week, by their id, if they checked in since a week ago. */
export function makeIsDetailsDue(day: DateKey): (device: DeviceTimes) => boolean {
  const yesterday = canonicalMidnight(addDays(day, -1));
  const aWeekAgo = canonicalMidnight(addDays(day, -ROTATION_DAYS));
  const todaysSlot = (midnightOf(day).getTime() / DAY_MS) % ROTATION_DAYS;
  return ({ id, enrolled, lastSync }) =>
    (enrolled ?? '') >= yesterday || (rotationSlot(id) === todaysSlot && (lastSync ?? '') >= aWeekAgo);
}

// The last digits of a GUID are as good as random.
function rotationSlot(id: string): number {
  const digits = Number.parseInt(id.slice(-8), 16);
  return Number.isNaN(digits) ? 0 : digits % ROTATION_DAYS;
}
