// Rows on their way through $apply: what one transformation hands to the next.
import { assertNever } from '../../base/assert-never.ts';
import type { Expansion } from '../read-plan.ts';
import type { ColumnShapes, Condition, Order, RowShape, RowSource } from '../relational-algebra.ts';
import { MAIN_ROW, type Scope, type ScopeRow } from '../bind/scope.ts';

export interface ApplyRows {
  readonly source: RowSource;
  /** The row as names find it. Its number is always the same, since no two rows on the way ever meet. */
  readonly it: ScopeRow;
  /** What `orderby` asked for, the last of them first; what it leaves open is decided by the key of the source. */
  readonly order: readonly Order[];
  /** What `expand` writes inside each row. */
  readonly expands: readonly Expansion[];
}

/** What is the same for all transformations of one request. */
export type ApplyContext = Pick<Scope, 'exposedModel' | 'aliases' | 'now' | 'limits'>;

/** The scope of an expression about such a row. */
export function scopeOfRows({ it }: ApplyRows, { exposedModel, aliases, now, limits }: ApplyContext): Scope {
  const variables = new Map([['$it', it]]);
  return { exposedModel, aliases, now, limits, it, variables, nextRow: MAIN_ROW + 1, option: '$apply' };
}

// Columns that tell rows of different origin apart begin so: no client can name one, and none is shown one.
const HIDDEN_PREFIX = '#';

export function visibleColumns(columns: ColumnShapes): ColumnShapes {
  return new Map([...columns].filter(([name]) => !name.startsWith(HIDDEN_PREFIX)));
}

/** A hidden column that none of the sources has. */
export function hiddenColumnName(sources: readonly RowShape[]): string {
  const counts = sources.map(({ columns }) => columns.size - visibleColumns(columns).size);
  return `${HIDDEN_PREFIX}${Math.max(...counts)}`;
}

/** The rows for which the condition holds. */
export function filterRows(rows: ApplyRows, where: Condition): ApplyRows {
  const { source } = rows;
  return { ...rows, source: { kind: 'filtered', of: source, row: MAIN_ROW, where, ...shapeOf(source) } };
}

/** Whether the rows are entities of their collection still, each with an address, or something computed of them. */
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

/** The shape of rows that are those of the source, or some of them. */
export function shapeOf({ columns, key }: RowSource): RowShape {
  return { columns, key };
}
