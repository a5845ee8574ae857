// The build statements as PostgreSQL would say them: a second dialect, so that the seam has two sides. No engine runs it yet.
import type { BuildDialect } from '../../src/sql/build/build-dialect.ts';
import { columnList } from '../../src/sql/build/columns.ts';
import { bareIdentifier, identifier, joinFragments, sql, textConstant } from '../../src/sql/fragment.ts';

const COLUMN_TYPES = { INTEGER: 'bigint', REAL: 'float8', TEXT: 'text' } as const;

export const POSTGRES_BUILD_DIALECT: BuildDialect = {
  placeholder: (position) => `$${position}`,
  isDistinct: (left, right) => sql`${left} IS DISTINCT FROM ${right}`,
  isNotDistinct: (left, right) => sql`${left} IS NOT DISTINCT FROM ${right}`,
  contains: (text, part) => sql`strpos(${text}, ${part}) > 0`,

  table: (name) => sql`"build".${identifier(name)}`,
  stagingTable: (name) => sql`"staging".${identifier(name)}`,
  temporaryTable: (name) => sql`"pg_temp".${identifier(name)}`,

  columnType: (type) => bareIdentifier(COLUMN_TYPES[type]),
  tableOptions: () => sql``,
  storedName: identifier,

  storedTruth: (condition) => sql`(${condition})::int`,
  midnightOf: (day) => sql`to_char(to_date(${day}::text, 'YYYYMMDD'), 'YYYY-MM-DD"T"HH24:MI:SS')`,
  dateKeyOf: (instant) => sql`replace(left(${instant}, 10), '-', '')::bigint`,
  greatest: (left, right) => sql`greatest(${left}, ${right})`,

  insertOrIgnore: ({ table, columns, rows }) =>
    sql`INSERT INTO ${table} (${columnList(columns)}) ${rows} ON CONFLICT DO NOTHING`,
  insertOrReplace: ({ table, columns, key, rows }) => {
    const others = columns.filter((name) => !key.includes(name));
    const assignments = others.map((name) => sql`${identifier(name)} = excluded.${identifier(name)}`);
    const action =
      others.length === 0 ? sql`NOTHING` : sql`UPDATE SET ${joinFragments(assignments, sql`, `)}`;
    return sql`INSERT INTO ${table} (${columnList(columns)}) ${rows} ON CONFLICT (${columnList(key)}) DO ${action}`;
  },
  orderedJoin: (left, right, on) => sql`${left} JOIN ${right} ON ${on}`,

  stagedPosition: (alias) => sql`${alias}."position"`,
  isReported: (column) => sql`${column} IS DISTINCT FROM '\\x00'`,
  redact: (kind, value) => sql`"redact"(${textConstant(kind)}, ${value})`,
};
