// Instants as numbers, for arithmetic: instant minus instant is a duration, instant plus duration is an instant.
import { instantAt } from './instant.ts';

const TICKS_PER_MS = 10_000n;
const TICKS_PER_SECOND = 10_000_000n;

/** Canonical instant, or day, → 100-nanosecond units since 1970; null for any other text. */
export function ticksOf(canonical: string): bigint | null {
  const [seconds = '', fraction = ''] = canonical.split('.');
  const milliseconds = Date.parse(seconds.includes('T') ? `${seconds}Z` : seconds);
  return Number.isNaN(milliseconds)
    ? null
    : BigInt(milliseconds) * TICKS_PER_MS + BigInt(fraction.padEnd(7, '0'));
}

/** Canonical instant and 100-nanosecond units → canonical instant; null beyond the years 0001 to 9999. */
export function shiftInstant(canonical: string, ticks: bigint): string | null {
  const start = ticksOf(canonical);
  if (start === null) return null;
  const shifted = start + ticks;
  const rest = ((shifted % TICKS_PER_SECOND) + TICKS_PER_SECOND) % TICKS_PER_SECOND;
  const milliseconds = Number((shifted - rest) / TICKS_PER_MS);
  return instantAt(milliseconds, String(rest).padStart(7, '0'));
}
