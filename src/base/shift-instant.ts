// An instant and a duration make another instant: `now() sub duration'P7D'`.

const TICKS_PER_MS = 10_000n;

/** Canonical instant and 100-nanosecond units → canonical instant; null beyond the years 0001 to 9999. */
export function shiftInstant(canonical: string, ticks: bigint): string | null {
  const [seconds = '', fraction = ''] = canonical.split('.');
  const start = BigInt(Date.parse(`${seconds}Z`)) * TICKS_PER_MS + BigInt(fraction.padEnd(7, '0'));
  const shifted = start + ticks;
  const rest = ((shifted % 10_000_000n) + 10_000_000n) % 10_000_000n;
  const milliseconds = Number((shifted - rest) / TICKS_PER_MS);
  if (!(Math.abs(milliseconds) <= 8.64e15)) return null;
  const iso = new Date(milliseconds).toISOString();
  if (!/^(?!0000)\d{4}-/.test(iso)) return null;
  const digits = String(rest).padStart(7, '0').replace(/0+$/, '');
  return iso.slice(0, 19) + (digits === '' ? '' : `.${digits}`);
}
