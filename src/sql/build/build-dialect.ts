// What databases say differently where a generation is built: merge, verify, retention, erasure.
import type { StorageType } from '../../../schema/derive/storage.ts';
import type { PersonalKind } from '../../../schema/entity.ts';
import type { Dialect } from '../dialect.ts';
import type { Fragment } from '../fragment.ts';

/** `rows` is a SELECT or VALUES with these columns, in this order. */
export interface InsertParts {
  readonly table: Fragment;
  readonly columns: readonly string[];
  readonly rows: Fragment;
}

/** `rowid`: the key is one whole number. `loose`: columns also hold the mark for values that were not reported. */
export type TableLayout = 'rowid' | 'key' | 'loose';

export interface BuildDialect extends Pick<
  Dialect,
  'placeholder' | 'isDistinct' | 'isNotDistinct' | 'contains'
> {
  /** A table or view of the generation being built. */
  table(name: string): Fragment;
  /** A table of staged rows: it lives as long as the connection. */
  stagingTable(name: string): Fragment;
  /** A table that only this connection sees. */
  temporaryTable(name: string): Fragment;

  columnType(type: StorageType): Fragment;
  /** What follows the closing bracket of CREATE TABLE. */
  tableOptions(layout: TableLayout): Fragment;
  /** A column of ours in the definitions of bookkeeping tables and views, whose text decides whether a file is up to date. */
  storedName(name: string): Fragment;

  /** A condition as the 0 or 1 that columns hold. */
  storedTruth(condition: Fragment): Fragment;
  /** The canonical text of the midnight at which a dateKey begins. */
  midnightOf(dateKey: Fragment): Fragment;
  /** The dateKey of an instant; null of null. */
  dateKeyOf(instant: Fragment): Fragment;
  /** The larger of two numbers that are not null. */
  greatest(left: Fragment, right: Fragment): Fragment;

  /** INSERT that leaves out rows whose key is there already. */
  insertOrIgnore(parts: InsertParts): Fragment;
  /** INSERT where the last row of a key takes the place of those before it. Each row counts as changed. */
  insertOrReplace(parts: InsertParts & { readonly key: readonly string[] }): Fragment;
  /** JOIN that is walked from left to right, row by row. Tables that were just filled have no statistics. */
  orderedJoin(left: Fragment, right: Fragment, on: Fragment): Fragment;

  /** Where a staged row came in the order of arrival. */
  stagedPosition(alias: Fragment): Fragment;
  /** True where a staged column holds a value that was reported, be it null. */
  isReported(column: Fragment): Fragment;
  /** What a privacy profile keeps of a value. The engine provides the function. */
  redact(kind: PersonalKind, value: Fragment): Fragment;
}
