// Questions about the past that a collection or a row of it answers under a name: what $metadata declares and a path may call.
import type { EdmType, Entity } from '../words.ts';
import type { Catalogue, Listing, Way } from './catalogue.ts';

export interface FunctionParameter {
  readonly name: string;
  readonly type: EdmType;
  readonly description: string;
}

export interface BoundFunction {
  readonly name: 'asOf' | 'history';
  /** What it is called on: a collection of the listing's rows, or one row. */
  readonly on: 'rows' | 'row';
  readonly parameters: readonly FunctionParameter[];
  /** The way from the row to what is answered; null where the answer is of the collection's own rows. */
  readonly way: Way | null;
  readonly description: string;
}

const day = (name: string, description: string): FunctionParameter => ({
  name,
  type: 'Edm.Int32',
  description: `${description}, as yyyymmdd.`,
});

/** None on v1.0, whose contract has no functions. */
export function boundFunctionsOf(
  { version }: Pick<Catalogue, 'version'>,
  { entity, ways }: Listing,
): readonly BoundFunction[] {
  if (version === 'v1.0') return [];
  const past = [...ways.values()].find(({ to, many }) => many && to === entity.history) ?? null;
  return [...(keepsPast(entity) ? [asOf(entity)] : []), ...(past ? [history(entity, past)] : [])];
}

function keepsPast({ lifetime }: Entity): boolean {
  return lifetime === 'daily' || lifetime === 'history';
}

function asOf({ name, lifetime }: Entity): BoundFunction {
  const rows =
    lifetime === 'daily'
      ? 'the rows of that night, or of the last one published before it'
      : 'the states that held on that day';
  return {
    name: 'asOf',
    on: 'rows',
    parameters: [day('dateKey', 'The day')],
    way: null,
    description: `${name} as they stood on a day: ${rows}.`,
  };
}

function history({ singular }: Entity, way: Way): BoundFunction {
  return {
    name: 'history',
    on: 'row',
    parameters: [day('from', 'The first day'), day('to', 'The last day, which belongs to it')],
    way,
    description: `What the warehouse knows of one ${singular} over a range of days, out of ${way.to}.`,
  };
}
