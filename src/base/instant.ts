// Instants, times and durations between OData's text and the forms in which the warehouse stores them.

const INSTANT = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,12}))?)?(?:Z|([+-])(\d\d):(\d\d))$/i;
const TIME = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,12}))?)?$/;
const DURATION = /^([+-]?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,12}))?S)?)?$/i;

const TICKS_PER_SECOND = 10_000_000n;

/**
 * Reads a DateTimeOffset literal: any offset, seconds optional, up to twelve digits of fraction of which seven are kept.
 * Returns the canonical instant (UTC, no `Z`, no trailing zeros, so that text order is time order),
 * or null for anything that is not an instant of the years 0001 to 9999.
 *
 * `2018-02-21T23:18:51.3277000+01:00` → `2018-02-21T22:18:51.3277`
 */
export function parseInstant(text: string): string | null {
  const parts = INSTANT.exec(text);
  if (!parts) return null;
  const [, day = '', hour = '', minute = '', second = '00', fraction = '', sign, zoneHour, zoneMinute] =
    parts;
  if (!isDay(day) || !isTime(hour, minute, second) || !isTime(zoneHour, zoneMinute, '00')) return null;
  const offsetMinutes = Number(zoneHour ?? 0) * 60 + Number(zoneMinute ?? 0);
  const local = Date.parse(`${day}T${hour}:${minute}:${second}Z`);
  return instantAt(local - (sign === '-' ? -1 : 1) * offsetMinutes * 60_000, fraction);
}

/**
 * The canonical instant of a whole second, in milliseconds since 1970, and the digits of its fraction, of which seven are
 * kept. Null beyond the years 0001 to 9999.
 */
export function instantAt(epochMs: number, fraction: string): string | null {
  if (!(Math.abs(epochMs) <= 8.64e15)) return null;
  const written = new Date(epochMs).toISOString();
  // Date writes years of more than four digits with a sign.
  return /^(?!0000)\d{4}-/.test(written) ? written.slice(0, 19) + printFraction(fraction) : null;
}

/** A Date as a canonical instant: the order of texts is the order of time. */
export function canonicalInstant(instant: Date): string {
  return instant.toISOString().replace(/\.?0*Z$/, '');
}

/** Canonical instant → OData text: `2018-02-21T22:18:51.3277Z`. */
export function formatInstant(canonical: string): string {
  return `${canonical}Z`;
}

/** Whether `yyyy-mm-dd` is a day of the calendar, from 0001-01-01. */
export function isDay(text: string): boolean {
  if (!/^(?!0000)\d{4}-\d\d-\d\d$/.test(text)) return false;
  const midnight = new Date(`${text}T00:00:00Z`);
  // Date rolls 30 February over into March instead of refusing it.
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(text);
}

/** Reads a TimeOfDay literal; returns `hh:mm:ss[.fffffff]` or null. */
export function parseTimeOfDay(text: string): string | null {
  const parts = TIME.exec(text);
  if (!parts) return null;
  const [, hour = '', minute = '', second = '00', fraction = ''] = parts;
  return isTime(hour, minute, second) ? `${hour}:${minute}:${second}${printFraction(fraction)}` : null;
}

/**
 * Reads the text of a duration (`P1DT2H3M4.5S`); returns 100-nanosecond units or null.
 * OData 4.01 lets the prefix `duration` be left out, and only a type can tell such a text from a string.
 */
export function parseDuration(text: string): bigint | null {
  const parts = DURATION.exec(text);
  if (!parts || /[PT]$/i.test(text)) return null;
  const [, sign, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = ''] = parts;
  const whole = ((BigInt(days) * 24n + BigInt(hours)) * 60n + BigInt(minutes)) * 60n + BigInt(seconds);
  const ticks = whole * TICKS_PER_SECOND + BigInt(fraction.slice(0, 7).padEnd(7, '0'));
  return sign === '-' ? -ticks : ticks;
}

/** 100-nanosecond units → `P1DT2H3M4.5S`, days being the largest unit; `PT0S` for none. */
export function formatDuration(ticks: bigint): string {
  const size = ticks < 0n ? -ticks : ticks;
  const seconds = size / TICKS_PER_SECOND;
  const fraction = printFraction(String(size % TICKS_PER_SECOND).padStart(7, '0'));
  const parts: readonly (readonly [bigint, string])[] = [
    [(seconds / 3600n) % 24n, 'H'],
    [(seconds / 60n) % 60n, 'M'],
  ];
  const whole = parts.flatMap(([count, unit]) => (count === 0n ? [] : [`${count}${unit}`])).join('');
  const rest = seconds % 60n > 0n || fraction !== '' ? `${seconds % 60n}${fraction}S` : '';
  const days = seconds / 86_400n;
  const time = whole + rest === '' && days > 0n ? '' : `T${whole + rest || '0S'}`;
  return `${ticks < 0n ? '-' : ''}P${days > 0n ? `${days}D` : ''}${time}`;
}

function isTime(hour = '00', minute = '00', second = '00'): boolean {
  return Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
}

function printFraction(digits: string): string {
  const significant = digits.slice(0, 7).replace(/0+$/, '');
  return significant === '' ? '' : `.${significant}`;
}
