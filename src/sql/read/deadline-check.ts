// How a statement that passes over rows stays stoppable.
import { assertNever } from '../../base/assert-never.ts';
import type { RowId, RowSource } from '../../plan/relational-algebra.ts';
import type { Dialect } from '../dialect.ts';
import { type Fragment, column, sql } from '../fragment.ts';

/**
 * Asks about the deadline once a row. It takes a column of the innermost relation, and the day of a daily collection is
 * not one: there it comes from the list of days.
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
    // Its columns are those of the rows within, and SQLite makes one SELECT of both.
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
