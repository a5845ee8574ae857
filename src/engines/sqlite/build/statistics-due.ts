// Whether the statistics of SQLite's planner are out of date.
import type { Database } from 'better-sqlite3';
import { identifier, sql, value } from '../../../sql/fragment.ts';
import { readCount } from '../execute-sql.ts';
import { hasTable } from '../has-table.ts';

/** Snapshot days and instances: where their number changes notably, that of all rows does. */
const INDICATOR_TABLES = ['snapshotDays', 'surrogateKeys'];

/** Plans change with orders of magnitude only, and ANALYZE reads every index in full. */
const MIN_CHANGE = 0.1;

/** True where there are no statistics yet. */
export function isAnalyzeDue(database: Database): boolean {
  return (
    !hasTable(database, 'sqlite_stat1') ||
    INDICATOR_TABLES.some((table) => hasChangedNotably(database, table))
  );
}

function hasChangedNotably(database: Database, table: string): boolean {
  // The first word of a statistic is the number of rows; of an empty table there is none.
  const analyzedRows = readCount(
    database,
    sql`SELECT CAST("stat" AS INTEGER) FROM "sqlite_stat1" WHERE "tbl" = ${value(table)}`,
  );
  const rows = readCount(database, sql`SELECT count(*) FROM ${identifier(table)}`);
  return Math.abs(rows - analyzedRows) > analyzedRows * MIN_CHANGE;
}
