// What an expression is bound in: the rows that its names can speak of.
import type { ExposedModel, EntitySet, NavigationProperty } from '../../../schema/derive/exposed-model.ts';
import type { Entity } from '../../../schema/entity.ts';
import type { Limits } from '../../base/limits.ts';
import type { Expression } from '../../odata/syntax/expression.ts';
import type { ColumnShapes, RowId, RowSource } from '../relational-algebra.ts';

/** The row of the answer. */
export const MAIN_ROW: RowId = 0;

/** A row, as names find it. */
export interface ScopeRow {
  readonly row: RowId;
  readonly columns: ColumnShapes;
  readonly navigations: ReadonlyMap<string, NavigationProperty>;
  /** What messages say the row is of. */
  readonly entity: Entity;
  /** Navigations, by name, that lead to fewer rows than there are: `$apply` has filtered what they expand to. */
  readonly filteredExpansions?: ReadonlyMap<string, FilteredExpansion>;
}

export interface FilteredExpansion {
  readonly source: RowSource;
  /** The same of the navigations that lead on from there. */
  readonly filteredExpansions: ReadonlyMap<string, FilteredExpansion>;
}

/** What the names in an expression can mean. */
export interface Scope {
  /** Where names without a variable are looked up. */
  readonly it: ScopeRow;
  /** Rows that have a name of their own: `$it`, and the variables of lambdas. */
  readonly variables: ReadonlyMap<string, ScopeRow>;
  /** No row in sight has this number or a higher one. */
  readonly nextRow: RowId;
  readonly exposedModel: ExposedModel;
  readonly aliases: ReadonlyMap<string, Expression>;
  readonly now: Date;
  readonly limits: Limits;
  /** The query option in whose text the expression stands; positions count there. */
  readonly option: string;
}

/** A collection as rows to read. */
export function collectionRows({ entity, properties }: EntitySet): RowSource {
  return { kind: 'collection', entity, columns: properties, key: entity.key };
}

/** The scope of expressions about the rows of a collection that is the answer. */
export function scopeOfEntitySet(
  { entity, properties, navigations }: EntitySet,
  context: Pick<Scope, 'exposedModel' | 'aliases' | 'now' | 'limits' | 'option'>,
): Scope {
  const it: ScopeRow = { row: MAIN_ROW, columns: properties, navigations, entity };
  return { ...context, it, variables: new Map([['$it', it]]), nextRow: MAIN_ROW + 1 };
}
