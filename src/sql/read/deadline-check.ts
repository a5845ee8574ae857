// The deadline check, which makes a long statement stoppable.
import { assertNever } from '../../base/assert-never.ts';
import type { RowId, RowSource } from '../../plan/relational-algebra.ts';
import type { Dialect } from '../dialect.ts';
import { type Fragment, column, sql } from '../fragment.ts';

/**
 * Checks the deadline once per row. The column must belong to the innermost relation, and the day of a daily collection
 * does not: it comes from the list of days.
 */
export function deadlineCheck(source: RowSource, row: RowId, dialect: Dialect): Fragment {
  switch (source.kind) {
    case 'collection': {
      const { properties, key } = source.entity;
      const isInner = (name: string): boolean => properties[name]?.role !== 'day';
      const inner = key.find(isInner) ?? Object.keys(properties).find(isInner) ?? key[0];
      if (inner === undefined) throw new TypeError(`${source.entity.name} has no key.`);
      return dialect.withinDeadline(column(row, inner));
    }
    // SQLite flattens the subquery, so its columns are those of the rows inside.
    case 'computed':
    case 'filtered':
      return deadlineCheck(source.of, row, dialect);
    case 'grouped':
    case 'limited':
    case 'topUntilTotal':
    case 'unionAll': {
      const [first] = source.columns.keys();
      return first === undefined ? sql`TRUE` : dialect.withinDeadline(column(row, first));
    }
    default:
      return assertNever(source);
  }
}
