// The functions of filter and order expressions: what each takes and yields.
import type { FunctionName, ScalarType } from './read-plan.ts';
import type { Family } from './type-words.ts';

export interface Signature {
  /** Families that each argument may be of. */
  readonly takes: readonly (readonly Family[])[];
  /** How many of the arguments must be there. */
  readonly least: number;
  /** `same`: the type of the first argument. */
  readonly yields: ScalarType | 'same';
}

const TEXT: readonly Family[] = ['text'];
const NUMBER: readonly Family[] = ['number'];
const INSTANT: readonly Family[] = ['instant'];

function takes(yields: Signature['yields'], ...families: readonly (readonly Family[])[]): Signature {
  return { takes: families, least: families.length, yields };
}

const datePart = takes('Edm.Int32', ['instant', 'day']);
const timePart = takes('Edm.Int32', INSTANT);
const rounding = takes('same', NUMBER);

export const FUNCTIONS: Readonly<Record<FunctionName, Signature>> = {
  length: takes('Edm.Int32', TEXT),
  indexof: takes('Edm.Int32', TEXT, TEXT),
  substring: { takes: [TEXT, NUMBER, NUMBER], least: 2, yields: 'Edm.String' },
  concat: takes('Edm.String', TEXT, TEXT),
  tolower: takes('Edm.String', TEXT),
  toupper: takes('Edm.String', TEXT),
  trim: takes('Edm.String', TEXT),
  year: datePart,
  month: datePart,
  day: datePart,
  hour: timePart,
  minute: timePart,
  second: timePart,
  fractionalseconds: takes('Edm.Decimal', INSTANT),
  totaloffsetminutes: takes('Edm.Int32', INSTANT),
  totalseconds: takes('Edm.Decimal', ['duration']),
  date: takes('Edm.Date', INSTANT),
  time: takes('Edm.TimeOfDay', INSTANT),
  round: rounding,
  floor: rounding,
  ceiling: rounding,
};

const TEXT_TESTS = ['contains', 'startswith', 'endswith', 'matchespattern'] as const;
export type TextTest = (typeof TEXT_TESTS)[number];

/** Functions without arguments: instants that are known when the request is planned. */
export const MOMENTS: ReadonlyMap<string, (now: Date) => string> = new Map([
  ['now', (now: Date) => now.toISOString().replace(/\.?0*Z$/, '')],
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
  ...MOMENTS.keys(),
  'cast',
  'isof',
];
