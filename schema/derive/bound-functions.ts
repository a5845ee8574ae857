// Questions about the past that a collection or a row of it answers under a name: what $metadata declares and a path may call.
import type { EdmType, Entity } from '../entity.ts';
import type { ExposedModel, EntitySet, NavigationProperty } from './exposed-model.ts';

export interface FunctionParameter {
  readonly name: string;
  readonly type: EdmType;
  readonly description: string;
}

export interface BoundFunction {
  readonly name: 'asOf' | 'history';
  /** What it is called on: a collection of the listing's rows, or one row. */
  readonly boundTo: 'rows' | 'row';
  readonly parameters: readonly FunctionParameter[];
  /** The way from the row to what is answered; null where the answer is of the collection's own rows. */
  readonly navigation: NavigationProperty | null;
  readonly description: string;
}

const dayParameter = (name: string, description: string): FunctionParameter => ({
  name,
  type: 'Edm.Int32',
  description: `${description}, as yyyymmdd.`,
});

/** None on v1.0, whose contract has no functions. */
export function boundFunctionsOf(
  { version }: Pick<ExposedModel, 'version'>,
  { entity, navigations }: EntitySet,
): readonly BoundFunction[] {
  if (version === 'v1.0') return [];
  const historyNavigation =
    [...navigations.values()].find(({ to, many }) => many && to === entity.history) ?? null;
  return [
    ...(hasHistory(entity) ? [asOf(entity)] : []),
    ...(historyNavigation ? [history(entity, historyNavigation)] : []),
  ];
}

function hasHistory({ lifetime }: Entity): boolean {
  return lifetime === 'daily' || lifetime === 'history';
}

function asOf({ name, lifetime }: Entity): BoundFunction {
  const rows =
    lifetime === 'daily'
      ? 'the rows of that night, or of the last one published before it'
      : 'the states that held on that day';
  return {
    name: 'asOf',
    boundTo: 'rows',
    parameters: [dayParameter('dateKey', 'The day')],
    navigation: null,
    description: `${name} as they stood on a day: ${rows}.`,
  };
}

function history({ singular }: Entity, navigation: NavigationProperty): BoundFunction {
  return {
    name: 'history',
    boundTo: 'row',
    parameters: [
      dayParameter('from', 'The first day'),
      dayParameter('to', 'The last day, which belongs to it'),
    ],
    navigation,
    description: `What the warehouse knows of one ${singular} over a range of days, out of ${navigation.to}.`,
  };
}
