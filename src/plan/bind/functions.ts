// The functions of expressions: their parameters and results.
import { canonicalInstant } from '../../base/instant.ts';
import type { FunctionName, ScalarType } from '../relational-algebra.ts';
import type { TypeFamily } from './type-family.ts';

export interface FunctionSignature {
  /** The families that each argument may have. */
  readonly parameters: readonly (readonly TypeFamily[])[];
  /** The number of arguments that are not optional. */
  readonly requiredCount: number;
  /** `same`: the type of the first argument. */
  readonly returns: ScalarType | 'same';
}

const TEXT: readonly TypeFamily[] = ['text'];
const NUMBER: readonly TypeFamily[] = ['number'];
const INSTANT: readonly TypeFamily[] = ['instant'];

function signature(
  returns: FunctionSignature['returns'],
  ...families: readonly (readonly TypeFamily[])[]
): FunctionSignature {
  return { parameters: families, requiredCount: families.length, returns };
}

const datePart = signature('Edm.Int32', ['instant', 'day']);
const timePart = signature('Edm.Int32', INSTANT);
const rounding = signature('same', NUMBER);

export const FUNCTIONS: Readonly<Record<FunctionName, FunctionSignature>> = {
  length: signature('Edm.Int32', TEXT),
  indexof: signature('Edm.Int32', TEXT, TEXT),
  substring: { parameters: [TEXT, NUMBER, NUMBER], requiredCount: 2, returns: 'Edm.String' },
  concat: signature('Edm.String', TEXT, TEXT),
  tolower: signature('Edm.String', TEXT),
  toupper: signature('Edm.String', TEXT),
  trim: signature('Edm.String', TEXT),
  year: datePart,
  month: datePart,
  day: datePart,
  hour: timePart,
  minute: timePart,
  second: timePart,
  fractionalseconds: signature('Edm.Decimal', INSTANT),
  totaloffsetminutes: signature('Edm.Int32', INSTANT),
  totalseconds: signature('Edm.Decimal', ['duration']),
  date: signature('Edm.Date', INSTANT),
  time: signature('Edm.TimeOfDay', INSTANT),
  round: rounding,
  floor: rounding,
  ceiling: rounding,
};

const TEXT_TESTS = ['contains', 'startswith', 'endswith', 'matchespattern'] as const;
export type TextTest = (typeof TEXT_TESTS)[number];

/** Functions without arguments: instants that are known when the request is planned. */
export const INSTANT_FUNCTIONS: ReadonlyMap<string, (now: Date) => string> = new Map([
  ['now', canonicalInstant],
  ['mindatetime', () => '0001-01-01T00:00:00'],
  ['maxdatetime', () => '9999-12-31T23:59:59.9999999'],
]);

export function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(FUNCTIONS, name);
}

export function isTextTest(name: string): name is TextTest {
  return (TEXT_TESTS as readonly string[]).includes(name);
}

/** Every name that a call may have, for spelling help. */
export const FUNCTION_NAMES: readonly string[] = [
  ...Object.keys(FUNCTIONS),
  ...TEXT_TESTS,
  ...INSTANT_FUNCTIONS.keys(),
  'cast',
  'isof',
];
