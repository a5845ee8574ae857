// The one place where SQL of the build side reaches SQLite. It takes fragments, so that no bare string can.
import type { Database, Statement } from 'better-sqlite3';
import { rowStatementText, statement, type Fragment } from '../../sql/fragment.ts';
import type { SqlValue } from '../../sql/statement.ts';

// Not taken from the dialect, which threads that read need not load.
const placeholder = (): string => '?';

/** What SQLite binds; bytes stand for a value that was not reported. */
export type BoundValue = SqlValue | Uint8Array;

/** Runs one statement and returns how many rows it changed. */
export function execute(database: Database, fragment: Fragment): number {
  const prepared = prepareBound(database, fragment);
  // Some pragmas answer when they are set.
  if (!prepared.reader) return prepared.run().changes;
  prepared.all();
  return 0;
}

/** Runs statements in order. */
export function executeAll(database: Database, fragments: readonly Fragment[]): void {
  for (const fragment of fragments) execute(database, fragment);
}

export function readRows<Row>(database: Database, fragment: Fragment): Row[] {
  return prepareBound<Row>(database, fragment).all();
}

/** The first column of all rows. */
export function readColumn<Value>(database: Database, fragment: Fragment): Value[] {
  return prepareBound<Value>(database, fragment).pluck().all();
}

/** The first column of the first row; null where there is none. */
export function readNumber(database: Database, fragment: Fragment): number | null {
  return prepareBound<number | null>(database, fragment).pluck().get() ?? null;
}

/** The first column of the first row; null where there is none. */
export function readText(database: Database, fragment: Fragment): string | null {
  return prepareBound<string | null>(database, fragment).pluck().get() ?? null;
}

/** The first column of the first row; 0 where there is none. */
export function readCount(database: Database, fragment: Fragment): number {
  return readNumber(database, fragment) ?? 0;
}

/** Rows one by one, as arrays; whole numbers are bigint. */
export function iterateRawRows<Value>(database: Database, fragment: Fragment): IterableIterator<Value[]> {
  return prepareBound<Value[]>(database, fragment).raw().safeIntegers().iterate();
}

/** Rows one by one; whole numbers are bigint. */
export function iterateRows<Row>(database: Database, fragment: Fragment): IterableIterator<Row> {
  return prepareBound<Row>(database, fragment).safeIntegers().iterate();
}

/** A statement with row parameters, prepared once. It is run with the values of a row in their order. */
export function prepareForRows<Row = unknown>(
  database: Database,
  fragment: Fragment,
): Statement<[readonly BoundValue[]], Row> {
  return database.prepare(rowStatementText(fragment, placeholder));
}

function prepareBound<Row>(database: Database, fragment: Fragment): Statement<BoundValue[], Row> {
  const { text, values } = statement(fragment, placeholder);
  const prepared = database.prepare<BoundValue[], Row>(text);
  return values.length === 0 ? prepared : prepared.bind(...values);
}
