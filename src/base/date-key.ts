// Days as the warehouse stores them: an Int32 yyyymmdd, always UTC.
import { canonicalInstant } from './instant.ts';

/** yyyymmdd of a UTC day, e.g. 20261120. */
export type DateKey = number;

/** The open end (9999-12-31): a validity interval that is still current ends here. */
export const OPEN_END: DateKey = 99991231;

export function dateKeyOf(instant: Date): DateKey {
  return instant.getUTCFullYear() * 10_000 + (instant.getUTCMonth() + 1) * 100 + instant.getUTCDate();
}

/** Midnight UTC at the start of the day. */
export function midnightOf(day: DateKey): Date {
  return new Date(Date.UTC(Math.trunc(day / 10_000), (Math.trunc(day / 100) % 100) - 1, day % 100));
}

export function addDays(day: DateKey, days: number): DateKey {
  const midnight = midnightOf(day);
  midnight.setUTCDate(midnight.getUTCDate() + days);
  return dateKeyOf(midnight);
}

/** yyyymm: intervals are cut at the end of each, see docs/decisions/validity-intervals.md. */
export function monthPartitionOf(day: DateKey): number {
  return Math.trunc(day / 100);
}

/** 20261120 → `2026-11-20`. */
export function formatDay(day: DateKey): string {
  return midnightOf(day).toISOString().slice(0, 10);
}

/** 20261120 → `2026-11-20T00:00:00`, the canonical instant at which the day begins. */
export function canonicalMidnight(day: DateKey): string {
  return canonicalInstant(midnightOf(day));
}

/** Reads `2026-11-20`; null for anything that is not a day of the calendar. */
export function parseDay(text: string): DateKey | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!parts) return null;
  const day = Number(parts[1]) * 10_000 + Number(parts[2]) * 100 + Number(parts[3]);
  return dateKeyOf(midnightOf(day)) === day ? day : null;
}
