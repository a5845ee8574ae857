// Converts values of Graph: placeholders (dates in year 1, zero GUIDs, empty text) become null, others become canonical.
import { instantAt } from '../../src/base/instant.ts';

const ZERO_GUID = '00000000-0000-0000-0000-000000000000';

const INSTANT = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})$/;

/** Non-empty text; null for anything else. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

/** A reference by id, in lower case; null when it refers to nothing. */
export function idOf(value: unknown): string | null {
  const id = textOf(value)?.toLowerCase() ?? null;
  return id === ZERO_GUID ? null : id;
}

/**
 * An instant as the warehouse stores it: UTC without Z, the fraction as precise as it came, without trailing zeros
 * (`2026-10-02T07:30:00.1234567`). Null for anything else, and for the first and last year of the calendar.
 */
export function instantOf(value: unknown): string | null {
  const parts = typeof value === 'string' ? INSTANT.exec(value) : null;
  if (!parts) return null;
  const [whole, , , , , , , fraction = '', offset = 'Z'] = parts;
  // Date holds milliseconds only, so the fraction is converted separately.
  const utc = new Date(`${whole.slice(0, 19)}${offset}`);
  const year = utc.getUTCFullYear();
  return year > 1 && year < 9999 ? instantAt(utc.getTime(), fraction) : null;
}

/** A count; 0 when it is missing. */
export function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.trunc(value) : 0;
}

/** A size in bytes; lists send 0 for "not reported". */
export function bytesOf(value: unknown): number | bigint | null {
  if (typeof value === 'bigint') return value > 0n ? value : null;
  return countOf(value) > 0 ? countOf(value) : null;
}

/** A boolean, also when it arrives as text ("True", "False"); null for "Unknown", "" and anything else. */
export function booleanOf(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  const text = textOf(value)?.toLowerCase();
  if (text === 'true') return true;
  return text === 'false' ? false : null;
}

/** A boolean as some columns of the vendor's feed store it: 1, 0 or null. */
export function booleanNumberOf(value: unknown): number | null {
  const flag = booleanOf(value);
  return flag === null ? null : Number(flag);
}

/** A property of an object; undefined when the value is not an object or lacks it. */
export function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
