// Whether SQLite's planner has to be told anew how many rows there are, and how alike they are.
import type { Database } from 'better-sqlite3';
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';

/** Nights and things: where there are notably more or fewer of them, there are more or fewer of all rows. */
const INDICATOR_TABLES = ['snapshotDays', 'surrogateKeys'];

/** Plans change with orders of magnitude, and ANALYZE reads every index of every day there is. */
const MIN_CHANGE = 0.1;

/** True where nothing was told yet. */
export function isAnalyzeDue(database: Database): boolean {
  const isAnalyzed = database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'`).get();
  return isAnalyzed === undefined || INDICATOR_TABLES.some((table) => hasChangedNotably(database, table));
}

function hasChangedNotably(database: Database, table: string): boolean {
  const number = (sql: string): number => database.prepare<[], number>(sql).pluck().get() ?? 0;
  // The first word of a statistic is the number of rows; of an empty table there is none.
  const analyzedRows = number(`SELECT CAST(stat AS INTEGER) FROM sqlite_stat1 WHERE tbl = '${table}'`);
  return (
    Math.abs(number(`SELECT count(*) FROM ${quoteIdentifier(table)}`) - analyzedRows) >
    analyzedRows * MIN_CHANGE
  );
}
