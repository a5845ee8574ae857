// CREATE TABLE, and the definition of a column.
import type { Column } from '../../../../schema/derive/storage.ts';
import { identifier, joinFragments, sql, type Fragment } from '../../fragment.ts';
import type { BuildDialect, TableLayout } from '../build-dialect.ts';
import { columnList } from '../columns.ts';

export interface TableParts {
  readonly table: Fragment;
  /** Finished definitions. */
  readonly columns: readonly Fragment[];
  readonly primaryKey: readonly string[];
  readonly layout: TableLayout;
}

export function renderCreateTable(
  dialect: BuildDialect,
  { table, columns, primaryKey, layout }: TableParts,
): Fragment {
  const lines = joinFragments([...columns, sql`PRIMARY KEY (${columnList(primaryKey)})`], sql`,\n  `);
  return sql`CREATE TABLE ${table} (\n  ${lines}\n)${dialect.tableOptions(layout)}`;
}

/** `"name" TYPE NOT NULL`, as in CREATE TABLE and ADD COLUMN. */
export function columnDefinition(dialect: BuildDialect, { name, type, nullable }: Column): Fragment {
  const constraint = nullable ? sql`` : sql` NOT NULL`;
  return sql`${identifier(name)} ${dialect.columnType(type)}${constraint}`;
}
