// The SQL functions of our own, as every read connection has them.
import type { Database } from 'better-sqlite3';
import { limitExceeded } from '../../../base/limit-exceeded.ts';
import { LIMITS } from '../../../base/limits.ts';
import { QUERY_FUNCTIONS } from './query-functions.ts';

/** Thrown inside a running statement once it has been told to stop; whoever told it knows why. */
export class StatementStopped extends Error {
  override readonly name = 'StatementStopped';
}

// Rows inside rows that the statement has written: a thread runs one at a time.
let expandedRows = 0;

/** Before each statement: what counts within one begins again. */
export function resetStatementCounters(): void {
  expandedRows = 0;
}

/**
 * Registers them on a connection. `isStopped` is asked for every row of a statement that has a filter:
 * better-sqlite3 cannot interrupt SQLite, but a function that throws can.
 */
export function registerFunctions(database: Database, isStopped: () => boolean): void {
  // Statements hand it a column of every table they join: SQLite asks it in the loop of the innermost one it names.
  database.function('within_deadline', { varargs: true }, () => {
    if (isStopped()) throw new StatementStopped('The statement was told to stop.');
    return 1;
  });
  // Nothing to write; an error once the rows inside rows are more than one statement may hold in memory.
  database.function('rows_written', { directOnly: true }, (rows: unknown) => {
    expandedRows += Number(rows);
    if (expandedRows > LIMITS.expandedInAll)
      throw limitExceeded('expandedInAll', '$expand', LIMITS, { target: '$expand' });
    return '';
  });
  for (const [name, implementation] of Object.entries(QUERY_FUNCTIONS)) {
    database.function(name, { deterministic: true, directOnly: true, safeIntegers: true }, implementation);
  }
}
