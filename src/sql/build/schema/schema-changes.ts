// Changes of a stored schema: what the model has gained is added, and what is empty may go.
import type { Column, Storage } from '../../../../schema/derive/storage.ts';
import { sql, type Fragment } from '../../fragment.ts';
import type { BuildDialect } from '../build-dialect.ts';
import { columnDefinition } from './create-table.ts';
import { defaultValue } from './default-value.ts';

/** `midnight` is the instant that rows of the past get in a column of instants. */
export function renderAddColumn(
  dialect: BuildDialect,
  { table, entity }: Storage,
  column: Column,
  midnight: string,
): Fragment {
  const defaultClause = column.nullable ? sql`` : sql` DEFAULT ${defaultValue(entity, column, midnight)}`;
  return sql`ALTER TABLE ${dialect.table(table)} ADD COLUMN ${columnDefinition(dialect, column)}${defaultClause}`;
}

export function renderDropTable(dialect: BuildDialect, name: string): Fragment {
  return sql`DROP TABLE ${dialect.table(name)}`;
}

export function renderDropView(dialect: BuildDialect, name: string): Fragment {
  return sql`DROP VIEW ${dialect.table(name)}`;
}

/** Yields a row where the table has one. */
export function renderAnyRow(dialect: BuildDialect, name: string): Fragment {
  return sql`SELECT 1 FROM ${dialect.table(name)} LIMIT 1`;
}
