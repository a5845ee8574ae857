// Families of types that can be compared, and descriptions of types for messages.
import { assertNever } from '../../base/assert-never.ts';
import type { ScalarType } from '../relational-algebra.ts';

/** Types that can be compared with each other. */
export type TypeFamily = 'number' | 'text' | 'boolean' | 'instant' | 'day' | 'time' | 'duration' | 'null';

export function familyOf(type: ScalarType): TypeFamily {
  switch (type) {
    case 'Edm.Int32':
    case 'Edm.Int64':
    case 'Edm.Double':
    case 'Edm.Decimal':
      return 'number';
    case 'Edm.String':
      return 'text';
    case 'Edm.Boolean':
      return 'boolean';
    case 'Edm.DateTimeOffset':
      return 'instant';
    case 'Edm.Date':
      return 'day';
    case 'Edm.TimeOfDay':
      return 'time';
    case 'Edm.Duration':
      return 'duration';
    case 'null':
      return 'null';
    default:
      return assertNever(type);
  }
}

/** The type of a sum of numbers. */
export function typeOfSum(type: ScalarType): ScalarType {
  return type === 'Edm.Int32' || type === 'Edm.Int64' ? 'Edm.Int64' : 'Edm.Double';
}

const TYPE_DESCRIPTIONS: Readonly<Record<ScalarType, readonly [words: string, example: string]>> = {
  'Edm.Int32': ['a whole number', '7'],
  'Edm.Int64': ['a whole number', '64000000000'],
  'Edm.Double': ['a number', '0.5'],
  'Edm.Decimal': ['a number', '0.5'],
  'Edm.String': ['a text', "'abc'"],
  'Edm.Boolean': ['true or false', 'true'],
  'Edm.DateTimeOffset': ['an instant', '2026-11-20T00:00:00Z'],
  'Edm.Date': ['a day', '2026-11-20'],
  'Edm.TimeOfDay': ['a time of day', '12:30:00'],
  'Edm.Duration': ['a duration', "duration'P1DT12H'"],
  null: ['null', 'null'],
};

export const FAMILY_DESCRIPTIONS: Readonly<Record<TypeFamily, string>> = {
  number: 'a number',
  text: 'a text',
  boolean: 'true or false',
  instant: 'an instant',
  day: 'a day',
  time: 'a time of day',
  duration: 'a duration',
  null: 'null',
};

/** `a whole number` */
export function describeType(type: ScalarType): string {
  return TYPE_DESCRIPTIONS[type][0];
}

/** An example literal of the type; of a dateKey, a day as a whole number. */
export function exampleLiteral(type: ScalarType, property?: string): string {
  return property?.endsWith('ateKey') === true ? '20261120' : TYPE_DESCRIPTIONS[type][1];
}
