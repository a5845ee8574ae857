// Registers our SQL functions on a read connection.
import type { Database } from 'better-sqlite3';
import { limitExceeded } from '../../../base/limit-exceeded.ts';
import type { Limits } from '../../../base/limits.ts';
import { QUERY_FUNCTIONS } from './query-functions.ts';

/** Thrown inside a running statement once it is to stop. */
export class StatementStopped extends Error {
  override readonly name = 'StatementStopped';
}

// Expanded rows that the current statement has written. A thread runs one statement at a time.
let expandedRows = 0;

/** Call it before each statement. */
export function resetStatementCounters(): void {
  expandedRows = 0;
}

/** What ends a statement before its time. */
export interface StatementGuards {
  readonly isStopped: () => boolean;
  readonly limits: Pick<Limits, 'expandedInAll'>;
}

/**
 * Registers them on a connection. `isStopped` is asked for every row of a statement that has a filter:
 * better-sqlite3 cannot interrupt SQLite, but a function that throws can.
 */
export function registerFunctions(database: Database, { isStopped, limits }: StatementGuards): void {
  // Statements pass a column of every table they join, so that SQLite calls it in the innermost loop.
  database.function('within_deadline', { varargs: true }, () => {
    if (isStopped()) throw new StatementStopped('The statement was stopped.');
    return 1;
  });
  // Returns an empty text; throws once the expanded rows are more than one statement may hold in memory.
  database.function('rows_written', { directOnly: true }, (rows: unknown) => {
    expandedRows += Number(rows);
    if (expandedRows > limits.expandedInAll)
      throw limitExceeded('expandedInAll', '$expand', limits, { target: '$expand' });
    return '';
  });
  for (const [name, implementation] of Object.entries(QUERY_FUNCTIONS)) {
    database.function(name, { deterministic: true, directOnly: true, safeIntegers: true }, implementation);
  }
}
