// The day that a night looks back on.
import { addDays, canonicalMidnight, type DateKey } from '../../src/base/date-key.ts';

export interface DayBefore {
  /** Its midnight, as a canonical instant. */
  readonly from: string;
  /** The midnight at which it ended and the night began. */
  readonly until: string;
}

/** The last UTC day that was over when the night began: whenever the night runs, it counts the same day. */
export function dayBefore(day: DateKey): DayBefore {
  return {
    from: canonicalMidnight(addDays(day, -1)),
    until: canonicalMidnight(day),
  };
}

/** False for null, which is no instant. */
export function isWithin({ from, until }: DayBefore, instant: string | null): boolean {
  return instant !== null && instant >= from && instant < until;
}
