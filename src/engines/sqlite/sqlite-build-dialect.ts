// How SQLite says what a build needs.
import type { BuildDialect } from '../../sql/build/build-dialect.ts';
import { columnList } from '../../sql/build/columns.ts';
import { bareIdentifier, identifier, sql, textConstant } from '../../sql/fragment.ts';
import { SQLITE_DIALECT } from './sqlite-dialect.ts';

/** What a connection calls the file of staged rows, which goes with it. */
export const STAGING_SCHEMA = 'staging';
/** The function of a privacy profile. */
export const REDACT_FUNCTION = 'redact';

const TABLE_OPTIONS = {
  rowid: sql` STRICT`,
  // Anything but a single integer keeps the rows in the key's own tree.
  key: sql` STRICT, WITHOUT ROWID`,
  // The mark is a blob, which a strict column would refuse.
  loose: sql` WITHOUT ROWID`,
};

export const SQLITE_BUILD_DIALECT: BuildDialect = {
  placeholder: (position) => SQLITE_DIALECT.placeholder(position),
  isDistinct: (left, right) => SQLITE_DIALECT.isDistinct(left, right),
  isNotDistinct: (left, right) => SQLITE_DIALECT.isNotDistinct(left, right),
  contains: (text, part) => SQLITE_DIALECT.contains(text, part),

  table: identifier,
  stagingTable: (name) => sql`${identifier(STAGING_SCHEMA)}.${identifier(name)}`,
  temporaryTable: (name) => sql`${identifier('temp')}.${identifier(name)}`,

  columnType: bareIdentifier,
  tableOptions: (layout) => TABLE_OPTIONS[layout],
  // Files in use have these names without quotes; with them, every generation would look like one of another model.
  storedName: bareIdentifier,

  storedTruth: (condition) => sql`(${condition})`,
  midnightOf: (day) =>
    sql`printf('%04d-%02d-%02dT00:00:00', ${day} / 10000, ${day} / 100 % 100, ${day} % 100)`,
  dateKeyOf: (instant) => sql`CAST(replace(substr(${instant}, 1, 10), '-', '') AS INTEGER)`,
  greatest: (left, right) => sql`max(${left}, ${right})`,

  insertOrIgnore: ({ table, columns, rows }) =>
    sql`INSERT OR IGNORE INTO ${table} (${columnList(columns)}) ${rows}`,
  insertOrReplace: ({ table, columns, rows }) =>
    sql`INSERT OR REPLACE INTO ${table} (${columnList(columns)}) ${rows}`,
  // CROSS JOIN keeps SQLite's planner from turning the tables round.
  orderedJoin: (left, right, on) => sql`${left} CROSS JOIN ${right} ON ${on}`,

  stagedPosition: (alias) => sql`${alias}.rowid`,
  // No property is a blob, so no value is mistaken for the mark.
  isReported: (column) => sql`typeof(${column}) <> 'blob'`,
  redact: (kind, value) => sql`${identifier(REDACT_FUNCTION)}(${textConstant(kind)}, ${value})`,
};
