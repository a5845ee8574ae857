// Rows inside $apply: the result of one transformation and the input of the next.
import { assertNever } from '../../base/assert-never.ts';
import type { Expansion } from '../read-plan.ts';
import type { ColumnShapes, Condition, Order, RowShape, RowSource } from '../relational-algebra.ts';
import { MAIN_ROW, type Scope, type ScopeRow } from '../bind/scope.ts';

export interface ApplyRows {
  readonly source: RowSource;
  /** The row in scope. Its id is always the same, because rows before and after a transformation are never in scope together. */
  readonly it: ScopeRow;
  /** The terms of `orderby`, those of the last one first; the key of the source decides the rest. */
  readonly order: readonly Order[];
  /** The expansions of `expand`. */
  readonly expands: readonly Expansion[];
}

/** The part of the scope that all transformations of a request share. */
export type ApplyContext = Pick<Scope, 'exposedModel' | 'aliases' | 'now' | 'limits'>;

/** The scope of expressions about these rows. */
export function scopeOfRows({ it }: ApplyRows, { exposedModel, aliases, now, limits }: ApplyContext): Scope {
  const variables = new Map([['$it', it]]);
  return { exposedModel, aliases, now, limits, it, variables, nextRow: MAIN_ROW + 1, option: '$apply' };
}

// Prefix of columns that distinguish the branches of a union: clients cannot name them, and never see them.
const HIDDEN_PREFIX = '#';

export function visibleColumns(columns: ColumnShapes): ColumnShapes {
  return new Map([...columns].filter(([name]) => !name.startsWith(HIDDEN_PREFIX)));
}

/** A hidden column name that none of the sources uses. */
export function hiddenColumnName(sources: readonly RowShape[]): string {
  const counts = sources.map(({ columns }) => columns.size - visibleColumns(columns).size);
  return `${HIDDEN_PREFIX}${Math.max(...counts)}`;
}

/** The rows that meet the condition. */
export function filterRows(rows: ApplyRows, where: Condition): ApplyRows {
  const { source } = rows;
  return { ...rows, source: { kind: 'filtered', of: source, row: MAIN_ROW, where, ...shapeOf(source) } };
}

/** Whether the rows are still entities with an address, and not groups of them. */
export function areEntities(source: RowSource): boolean {
  switch (source.kind) {
    case 'collection':
      return true;
    case 'grouped':
      return false;
    case 'unionAll':
      return source.of.every(areEntities);
    case 'computed':
    case 'filtered':
    case 'limited':
    case 'topUntilTotal':
      return areEntities(source.of);
    default:
      return assertNever(source);
  }
}

/** The shape of all or some rows of the source. */
export function shapeOf({ columns, key }: RowSource): RowShape {
  return { columns, key };
}
