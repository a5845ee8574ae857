// How each type of literal is written: the pattern that recognises its text, and the value that the text has.
import { isDay, parseInstant, parseTimeOfDay } from '../../base/instant.ts';
import type { LiteralValue } from '../syntax/expression.ts';
import { IDENTIFIER_PART } from './identifier.ts';

interface LiteralForm {
  readonly pattern: RegExp;
  /** Null when the text has the form but no value: 30 February. */
  readonly parse: (text: string) => LiteralValue | null;
  readonly description: string;
}

// The order matters: a guid may begin like a number or a name, an instant like a day, a day like a number.
export const LITERAL_FORMS: readonly LiteralForm[] = [
  {
    pattern: /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/iy,
    parse: (text) => ({ type: 'guid', value: text.toLowerCase() }),
    description: 'a guid',
  },
  {
    pattern: /\d{4}-\d\d-\d\dT[\d:.]*(?:Z|[+-][\d:]*)?/iy,
    parse: (text) => textLiteral('dateTimeOffset', parseInstant(text)),
    description: 'an instant such as 2026-11-20T08:30:00Z, or with an offset, whose + is written %2B',
  },
  {
    pattern: /\d{4}-\d\d-\d\d/y,
    parse: (text) => textLiteral('date', isDay(text) ? text : null),
    description: 'a day of the calendar',
  },
  {
    pattern: /\d\d:\d\d(?::[\d.]*)?/y,
    parse: (text) => textLiteral('timeOfDay', parseTimeOfDay(text)),
    description: 'a time of day such as 08:30:00',
  },
  {
    pattern: /[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?/iy,
    parse: parseNumber,
    description: 'a number in range',
  },
  {
    pattern: new RegExp(`-INF(?!${IDENTIFIER_PART})`, 'uy'),
    parse: (text) => ({ type: 'decimal', value: -Infinity, text }),
    description: 'a number',
  },
];

/** Names that are literals. INF and NaN are recognised in this case only, the others in any. */
const KEYWORD_LITERALS: ReadonlyMap<string, LiteralValue> = new Map<string, LiteralValue>([
  ['null', { type: 'null' }],
  ['true', { type: 'boolean', value: true }],
  ['false', { type: 'boolean', value: false }],
  ['INF', { type: 'decimal', value: Infinity, text: 'INF' }],
  ['NaN', { type: 'decimal', value: NaN, text: 'NaN' }],
]);

/** The literal with this name; null for any other name. */
export function keywordLiteral(name: string): LiteralValue | null {
  return KEYWORD_LITERALS.get(name) ?? KEYWORD_LITERALS.get(name.toLowerCase()) ?? null;
}

function textLiteral<Type extends 'date' | 'dateTimeOffset' | 'timeOfDay'>(
  type: Type,
  value: string | null,
): { readonly type: Type; readonly value: string } | null {
  return value === null ? null : { type, value };
}

function parseNumber(text: string): LiteralValue | null {
  if (/^[+-]?\d+$/.test(text)) return { type: 'integer', value: BigInt(text) };
  const value = Number(text);
  return Number.isFinite(value) ? { type: 'decimal', value, text } : null;
}
