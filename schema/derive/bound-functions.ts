// The functions about the past, bound to a collection or a row: declared in $metadata and called in a path.
import type { EdmType, Entity } from '../entity.ts';
import type { ExposedModel, EntitySet, NavigationProperty } from './exposed-model.ts';

export interface FunctionParameter {
  readonly name: string;
  readonly type: EdmType;
  readonly description: string;
}

export interface BoundFunction {
  readonly name: 'asOf' | 'history';
  /** Bound to the rows of the collection, or to one row. */
  readonly boundTo: 'rows' | 'row';
  readonly parameters: readonly FunctionParameter[];
  /** The navigation from the row to the result; null where the result is rows of the collection itself. */
  readonly navigation: NavigationProperty | null;
  readonly description: string;
}

const dayParameter = (name: string, description: string): FunctionParameter => ({
  name,
  type: 'Edm.Int32',
  description: `${description}, as yyyymmdd.`,
});

/** The contract of v1.0 has no functions. */
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
