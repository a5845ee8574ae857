// The scope in which an expression is bound: the rows that its names can refer to.
import type { ExposedModel, EntitySet, NavigationProperty } from '../../../schema/derive/exposed-model.ts';
import type { Entity } from '../../../schema/entity.ts';
import type { Limits } from '../../base/limits.ts';
import type { Expression } from '../../odata/syntax/expression.ts';
import type { ColumnShapes, RowId, RowSource } from '../relational-algebra.ts';

/** The row of the answer. */
export const MAIN_ROW: RowId = 0;

/** A row in scope. */
export interface ScopeRow {
  readonly row: RowId;
  readonly columns: ColumnShapes;
  readonly navigations: ReadonlyMap<string, NavigationProperty>;
  /** The collection of the row, for messages. */
  readonly entity: Entity;
  /** Navigations, by name, whose rows `$apply` has filtered by expand(…). */
  readonly filteredExpansions?: ReadonlyMap<string, FilteredExpansion>;
}

export interface FilteredExpansion {
  readonly source: RowSource;
  /** The same for the navigations of those rows. */
  readonly filteredExpansions: ReadonlyMap<string, FilteredExpansion>;
}

/** What the names in an expression can refer to. */
export interface Scope {
  /** Where names without a variable are looked up. */
  readonly it: ScopeRow;
  /** Rows with a name: `$it`, and the variables of lambdas. */
  readonly variables: ReadonlyMap<string, ScopeRow>;
  /** Greater than the id of every row in scope. */
  readonly nextRow: RowId;
  readonly exposedModel: ExposedModel;
  readonly aliases: ReadonlyMap<string, Expression>;
  readonly now: Date;
  readonly limits: Limits;
  /** The query option that contains the expression; positions count in its text. */
  readonly option: string;
}

/** A collection as rows to read. */
export function collectionRows({ entity, properties }: EntitySet): RowSource {
  return { kind: 'collection', entity, columns: properties, key: entity.key };
}

/** The scope of expressions about the rows of the answer. */
export function scopeOfEntitySet(
  { entity, properties, navigations }: EntitySet,
  context: Pick<Scope, 'exposedModel' | 'aliases' | 'now' | 'limits' | 'option'>,
): Scope {
  const it: ScopeRow = { row: MAIN_ROW, columns: properties, navigations, entity };
  return { ...context, it, variables: new Map([['$it', it]]), nextRow: MAIN_ROW + 1 };
}
