// Decides whether the planner's statistics are out of date.
import type { Database } from 'better-sqlite3';
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';

/** Days and instances: all other row counts grow and shrink with theirs. */
const INDICATOR_TABLES = ['snapshotDays', 'surrogateKeys'];

/** Plans change with orders of magnitude only, and ANALYZE reads every index in full. */
const MIN_CHANGE = 0.1;

/** True also before the first ANALYZE. */
export function isAnalyzeDue(database: Database): boolean {
  const isAnalyzed = database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'`).get();
  return isAnalyzed === undefined || INDICATOR_TABLES.some((table) => hasChangedNotably(database, table));
}

function hasChangedNotably(database: Database, table: string): boolean {
  const number = (sql: string): number => database.prepare<[], number>(sql).pluck().get() ?? 0;
  // The first number of a statistic is the row count; an empty table has no statistic.
  const analyzedRows = number(`SELECT CAST(stat AS INTEGER) FROM sqlite_stat1 WHERE tbl = '${table}'`);
  return (
    Math.abs(number(`SELECT count(*) FROM ${quoteIdentifier(table)}`) - analyzedRows) >
    analyzedRows * MIN_CHANGE
  );
}
