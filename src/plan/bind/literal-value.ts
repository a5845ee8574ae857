// Literals as values of the model's types, in the form that the warehouse stores.
import type { Value } from '../../../schema/entity.ts';
import { assertNever } from '../../base/assert-never.ts';
import { isDay, parseDuration, parseInstant, parseTimeOfDay } from '../../base/instant.ts';
import type { LiteralValue } from '../../odata/syntax/expression.ts';
import type { ScalarType } from '../relational-algebra.ts';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** The type of a literal that stands alone. */
export function typeOfLiteral(literal: LiteralValue): ScalarType {
  switch (literal.type) {
    case 'null':
      return 'null';
    case 'boolean':
      return 'Edm.Boolean';
    case 'integer':
      return 'Edm.Int64';
    case 'decimal':
      return 'Edm.Double';
    case 'string':
    case 'guid':
      return 'Edm.String';
    case 'date':
      return 'Edm.Date';
    case 'dateTimeOffset':
      return 'Edm.DateTimeOffset';
    case 'timeOfDay':
      return 'Edm.TimeOfDay';
    case 'duration':
      return 'Edm.Duration';
    default:
      return assertNever(literal);
  }
}

/**
 * The literal as a value of the type, as it is stored: whole numbers as bigint, instants canonical.
 * A null literal is null in every type. Undefined where the literal is not of the type.
 */
export function literalAs(literal: LiteralValue, type: ScalarType): Value | undefined {
  if (literal.type === 'null') return null;
  switch (type) {
    case 'Edm.Int32':
    case 'Edm.Int64':
      return literal.type === 'integer' ? int64(literal.value) : undefined;
    case 'Edm.Double':
    case 'Edm.Decimal':
      if (literal.type === 'integer') return int64(literal.value);
      return literal.type === 'decimal' && !Number.isNaN(literal.value) ? literal.value : undefined;
    case 'Edm.String':
      return literal.type === 'string' || literal.type === 'guid' ? literal.value : undefined;
    case 'Edm.Boolean':
      return literal.type === 'boolean' ? literal.value : undefined;
    case 'Edm.DateTimeOffset':
      if (literal.type === 'date') return `${literal.value}T00:00:00`;
      return literal.type === 'dateTimeOffset' ? literal.value : undefined;
    case 'Edm.Date':
      return literal.type === 'date' ? literal.value : undefined;
    case 'Edm.TimeOfDay':
      return literal.type === 'timeOfDay' ? literal.value : undefined;
    case 'Edm.Duration':
      return literal.type === 'duration' ? int64(literal.ticks) : undefined;
    case 'null':
      return undefined;
    default:
      return assertNever(type);
  }
}

/** A quoted text as a value of another type, as OData 4.01 lets clients write it: `dateKey eq '20261120'`; else undefined. */
export function textAs(text: string, type: ScalarType): Value | undefined {
  switch (type) {
    case 'Edm.Int32':
    case 'Edm.Int64':
      return /^-?\d{1,19}$/.test(text) ? int64(BigInt(text)) : undefined;
    case 'Edm.Double':
    case 'Edm.Decimal':
      return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? finite(Number(text)) : undefined;
    case 'Edm.Boolean':
      return /^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : undefined;
    case 'Edm.DateTimeOffset':
      return isDay(text) ? `${text}T00:00:00` : (parseInstant(text) ?? undefined);
    case 'Edm.Date':
      return isDay(text) ? text : undefined;
    case 'Edm.TimeOfDay':
      return parseTimeOfDay(text) ?? undefined;
    case 'Edm.Duration': {
      const ticks = parseDuration(text);
      return ticks === null ? undefined : int64(ticks);
    }
    case 'Edm.String':
      return text;
    case 'null':
      return undefined;
    default:
      return assertNever(type);
  }
}

function finite(number: number): number | undefined {
  return Number.isFinite(number) ? number : undefined;
}

function int64(value: bigint): bigint | undefined {
  return value >= INT64_MIN && value <= INT64_MAX ? value : undefined;
}
