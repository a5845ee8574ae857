// What OData asks of text and numbers and SQLite cannot do: functions of ours that statements of the dialect call.
import { RE2JS } from 're2js';
import { FeedError } from '../../../base/feed-error.ts';
import { formatDuration, isDay, parseDuration, parseInstant, parseTimeOfDay } from '../../../base/instant.ts';
import { shiftInstant, ticksOf } from '../../../base/shift-instant.ts';

type FunctionValue = string | number | bigint | Uint8Array | null;

/** SQL name → function of as many arguments as it names. All are deterministic, and those of one are null of null. */
export const QUERY_FUNCTIONS: Readonly<
  Record<string, (one: FunctionValue, second: FunctionValue, third: FunctionValue) => FunctionValue>
> = {
  unicode_lower: textFunction((text) => text.toLowerCase()),
  unicode_upper: textFunction((text) => text.toUpperCase()),
  unicode_trim: textFunction((text) => text.trim()),
  /** A text as a key in an address: `O'Neil/x` → `'O''Neil%2Fx'`. */
  text_key: textFunction((text) => `'${encodeURIComponent(text.replaceAll("'", "''"))}'`),
  /** 1 or 0, or null where one of them is null. The pattern is one that the plan has read. */
  matches_pattern: (text, pattern) => {
    if (typeof text !== 'string' || typeof pattern !== 'string') return null;
    return matcherOf(pattern).test(text) ? 1n : 0n;
  },
  /** What something is divided by. */
  divisor: (number) => {
    if (number === 0 || number === 0n) {
      throw new FeedError('request.type-mismatch', 'The expression divides by zero in at least one row.');
    }
    return number;
  },
  /** What sums and products of whole numbers came to: SQLite goes on with a fraction where 64 bits end. */
  whole: (number) => {
    if (typeof number === 'number') {
      throw new FeedError(
        'request.type-mismatch',
        'The expression leaves the whole numbers of 64 bits in at least one row.',
      );
    }
    return number;
  },
  /** An index from 0 as SQLite counts, from 1; both count negative ones from the end. */
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
  /** What sums and products of durations came to, rounded. */
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
  /** Asked only where a navigation leads to more rows than fit into a row. SQLite must not think it constant. */
  too_many_rows: (navigation, most, count) => {
    const [name, limit] = [String(navigation), String(most)];
    const message = `$expand=${name} has ${String(count)} rows or more in one row; the limit is ${limit}.`;
    throw new FeedError('limit.too-complex', message, {
      target: '$expand',
      hint: `Choose some, $expand=${name}($top=${limit}), or read them by their own address: set(key)/${name}.`,
    });
  },
};

// A statement asks one pattern of many rows.
let lastMatcher: { readonly pattern: string; readonly matcher: RE2JS } | null = null;

function matcherOf(pattern: string): RE2JS {
  if (lastMatcher?.pattern !== pattern) lastMatcher = { pattern, matcher: RE2JS.compile(pattern) };
  return lastMatcher.matcher;
}

/** Null where it is no whole number of so many bits; a fraction loses what is behind its point. */
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

// Further than any text goes.
const MAX_TEXT_INDEX = 2n ** 40n;

function textFunction(change: (text: string) => FunctionValue): (argument: FunctionValue) => FunctionValue {
  return (argument) => (typeof argument === 'string' ? change(argument) : argument);
}
