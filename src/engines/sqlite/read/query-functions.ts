// SQL functions for what OData needs and SQLite lacks. Statements of the dialect call them.
import { RE2JS } from 're2js';
import { FeedError } from '../../../base/feed-error.ts';
import { formatDuration, isDay, parseDuration, parseInstant, parseTimeOfDay } from '../../../base/instant.ts';
import { shiftInstant, ticksOf } from '../../../base/shift-instant.ts';

type FunctionValue = string | number | bigint | Uint8Array | null;

/** SQL name → implementation. All are deterministic, and those of one argument return null for null. */
export const QUERY_FUNCTIONS: Readonly<
  Record<string, (one: FunctionValue, second: FunctionValue, third: FunctionValue) => FunctionValue>
> = {
  unicode_lower: textFunction((text) => text.toLowerCase()),
  unicode_upper: textFunction((text) => text.toUpperCase()),
  unicode_trim: textFunction((text) => text.trim()),
  /** A text as a key in a URL: `O'Neil/x` → `'O''Neil%2Fx'`. */
  text_key: textFunction((text) => `'${encodeURIComponent(text.replaceAll("'", "''"))}'`),
  /** 1 or 0, or null where one of them is null. The plan has checked the pattern. */
  matches_pattern: (text, pattern) => {
    if (typeof text !== 'string' || typeof pattern !== 'string') return null;
    return matcherOf(pattern).test(text) ? 1n : 0n;
  },
  /** Returns the divisor of a division, checked. */
  divisor: (number) => {
    if (number === 0 || number === 0n) {
      throw new FeedError('request.type-mismatch', 'The expression divides by zero in at least one row.');
    }
    return number;
  },
  /** Checks the result of integer arithmetic: beyond 64 bits SQLite continues with a real number. */
  whole: (number) => {
    if (typeof number === 'number') {
      throw new FeedError(
        'request.type-mismatch',
        'The expression leaves the whole numbers of 64 bits in at least one row.',
      );
    }
    return number;
  },
  /** Converts an index from 0 to SQLite's, from 1. Negative ones count from the end in both. */
  place_of: (index) => {
    if (typeof index === 'bigint') return index < 0n || index > MAX_TEXT_INDEX ? index : index + 1n;
    return typeof index === 'number' && index >= 0 ? index + 1 : index;
  },
  truth_of: textFunction((text) =>
    /^(true|false)$/i.test(text) ? BigInt(text.toLowerCase() === 'true') : null,
  ),
  day_of: textFunction((text) => (isDay(text) ? text : null)),
  instant_of: textFunction((text) => (isDay(text) ? `${text}T00:00:00` : parseInstant(text))),
  time_of: textFunction(parseTimeOfDay),
  duration_of: textFunction((text) => toInteger(parseDuration(text), 64)),
  duration_text: (ticks) => (typeof ticks === 'bigint' ? formatDuration(ticks) : ticks),
  ticks_of: textFunction(ticksOf),
  shifted_instant: (instant, ticks) =>
    typeof instant === 'string' && typeof ticks === 'bigint' ? shiftInstant(instant, ticks) : null,
  shifted_day: (day, ticks) =>
    typeof day === 'string' && typeof ticks === 'bigint'
      ? (shiftInstant(day, ticks)?.slice(0, 10) ?? null)
      : null,
  /** Rounds the result of duration arithmetic, and checks it. */
  ticks: (number) => {
    if (typeof number !== 'number') return number;
    const whole = toInteger(Math.round(number), 64);
    if (whole !== null) return whole;
    throw new FeedError(
      'request.type-mismatch',
      'The expression leaves the durations of 64 bits in at least one row.',
    );
  },
  int32_of: (value) => toInteger(value, 32),
  int64_of: (value) => toInteger(value, 64),
  double_of: (value) => {
    if (typeof value !== 'string') return typeof value === 'bigint' ? Number(value) : value;
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? finiteOrNull(Number(value)) : null;
  },
  /** Called only where an expansion has too many rows. The count is an argument so that SQLite does not treat the call as constant. */
  too_many_rows: (navigation, most, count) => {
    const [name, limit] = [String(navigation), String(most)];
    const message = `$expand=${name} has ${String(count)} rows or more in one row; the limit is ${limit}.`;
    throw new FeedError('limit.too-complex', message, {
      target: '$expand',
      hint: `Choose some, $expand=${name}($top=${limit}), or read them by their own address: set(key)/${name}.`,
    });
  },
};

// A statement matches one pattern against many rows.
let lastMatcher: { readonly pattern: string; readonly matcher: RE2JS } | null = null;

function matcherOf(pattern: string): RE2JS {
  if (lastMatcher?.pattern !== pattern) lastMatcher = { pattern, matcher: RE2JS.compile(pattern) };
  return lastMatcher.matcher;
}

/** Null where it does not fit an integer of so many bits. Fractions are truncated. */
function toInteger(value: FunctionValue, bits: number): FunctionValue {
  const whole = typeof value === 'number' ? truncate(value) : value;
  const number =
    typeof whole === 'string'
      ? /^[+-]?\d{1,19}$/.test(whole)
        ? BigInt(whole.replace('+', ''))
        : null
      : whole;
  return typeof number === 'bigint' && BigInt.asIntN(bits, number) === number ? number : null;
}

function truncate(number: number): bigint | null {
  return Number.isFinite(number) ? BigInt(Math.trunc(number)) : null;
}

function finiteOrNull(number: number): number | null {
  return Number.isFinite(number) ? number : null;
}

// Beyond the end of any text.
const MAX_TEXT_INDEX = 2n ** 40n;

function textFunction(change: (text: string) => FunctionValue): (argument: FunctionValue) => FunctionValue {
  return (argument) => (typeof argument === 'string' ? change(argument) : argument);
}
