// Rows on their way through $apply: what one transformation hands to the next.
import { assertNever } from '../base/assert-never.ts';
import type { Columns, Condition, Expansion, Order, RowShape, RowSource } from './read-plan.ts';
import { MAIN_ROW, type Scope, type ScopeRow } from './scope.ts';

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
export type ApplyScope = Pick<Scope, 'catalogue' | 'aliases' | 'now'>;

/** The scope of an expression about such a row. */
export function scopeWithin({ it }: ApplyRows, { catalogue, aliases, now }: ApplyScope): Scope {
  const variables = new Map([['$it', it]]);
  return { catalogue, aliases, now, it, variables, nextRow: MAIN_ROW + 1, option: '$apply' };
}

// Columns that tell rows of different origin apart begin so: no client can name one, and none is shown one.
const HIDDEN = '#';

export function shownColumns(columns: Columns): Columns {
  return new Map([...columns].filter(([name]) => !name.startsWith(HIDDEN)));
}

/** A hidden column that none of the sources has. */
export function hiddenColumn(sources: readonly RowShape[]): string {
  const counts = sources.map(({ columns }) => columns.size - shownColumns(columns).size);
  return `${HIDDEN}${Math.max(...counts)}`;
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
    case 'united':
      return source.of.every(areEntities);
    case 'computed':
    case 'filtered':
    case 'cut':
    case 'ranked':
      return areEntities(source.of);
    default:
      return assertNever(source);
  }
}

/** The shape of rows that are those of the source, or some of them. */
export function shapeOf({ columns, key }: RowSource): RowShape {
  return { columns, key };
}
