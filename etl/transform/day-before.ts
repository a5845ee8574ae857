// The day before the snapshot day, whose events a run counts.
import { addDays, canonicalMidnight, type DateKey } from '../../src/base/date-key.ts';

export interface DayBefore {
  /** Its midnight, as a canonical instant. */
  readonly from: string;
  /** The midnight at its end, when the snapshot day begins. */
  readonly until: string;
}

/** A whole UTC day, so that the counts do not depend on the hour at which a run starts. */
export function dayBefore(day: DateKey): DayBefore {
  return {
    from: canonicalMidnight(addDays(day, -1)),
    until: canonicalMidnight(day),
  };
}

/** False for null. */
export function isWithin({ from, until }: DayBefore, instant: string | null): boolean {
  return instant !== null && instant >= from && instant < until;
}
