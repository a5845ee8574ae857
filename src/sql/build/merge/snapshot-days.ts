// The snapshot days of daily collections: which there are, and which are taken out.
import { sql, textConstant, value, type Fragment } from '../../fragment.ts';
import type { DateKey } from '../../../base/date-key.ts';
import type { BuildDialect } from '../build-dialect.ts';
import type { BuildParameters } from '../build-parameters.ts';

const TABLE = 'snapshotDays';

/** Condition on rows of snapshotDays. */
function isOf(collection: string): Fragment {
  return sql`"collection" = ${textConstant(collection)}`;
}

/** The days, the earliest first, as `dateKey`. */
export function renderSnapshotDays(dialect: BuildDialect, collection: string): Fragment {
  return sql`SELECT "dateKey" FROM ${dialect.table(TABLE)} WHERE ${isOf(collection)} ORDER BY "dateKey"`;
}

/** The day itself where it is one of them. */
export function renderSnapshotDay(dialect: BuildDialect, collection: string, day: DateKey): Fragment {
  return sql`SELECT "dateKey" FROM ${dialect.table(TABLE)} WHERE ${isOf(collection)} AND "dateKey" = ${value(day)}`;
}

/** The last of them before a day, or null. */
export function renderLastSnapshotDay(dialect: BuildDialect, collection: string, before: DateKey): Fragment {
  return sql`SELECT max("dateKey") FROM ${dialect.table(TABLE)} WHERE ${isOf(collection)} AND "dateKey" < ${value(before)}`;
}

/** The partition of the last of them before a day, or null. */
export function renderLastPeriod(dialect: BuildDialect, collection: string, before: DateKey): Fragment {
  return sql`SELECT max("period") FROM ${dialect.table(TABLE)} WHERE ${isOf(collection)} AND "dateKey" < ${value(before)}`;
}

/** The partitions that have a day. */
export function renderPeriods(dialect: BuildDialect, collection: string): Fragment {
  return sql`SELECT "period" FROM ${dialect.table(TABLE)} WHERE ${isOf(collection)}`;
}

/** Does nothing for a day that is there. */
export function renderAddSnapshotDay(
  dialect: BuildDialect,
  collection: string,
  { day, period }: BuildParameters,
): Fragment {
  return dialect.insertOrIgnore({
    table: dialect.table(TABLE),
    columns: ['collection', 'dateKey', 'period'],
    rows: sql`VALUES (${textConstant(collection)}, ${value(day)}, ${value(period)})`,
  });
}

export function renderRemoveSnapshotDay(dialect: BuildDialect, collection: string, day: DateKey): Fragment {
  return sql`DELETE FROM ${dialect.table(TABLE)} WHERE ${isOf(collection)} AND "dateKey" = ${value(day)}`;
}

export function renderRemoveDaysBefore(dialect: BuildDialect, collection: string, day: DateKey): Fragment {
  return sql`DELETE FROM ${dialect.table(TABLE)} WHERE ${isOf(collection)} AND "dateKey" < ${value(day)}`;
}
