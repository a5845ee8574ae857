// Rows of a table on their way out and in again.
import { identifier, rowParameter, sql, value, type Fragment } from '../fragment.ts';
import type { DateKey } from '../../base/date-key.ts';
import type { BuildDialect } from './build-dialect.ts';
import { columnList, commaList } from './columns.ts';

interface ExportedTable {
  readonly name: string;
  readonly columns: readonly { readonly name: string }[];
}

export interface ExportedRows {
  readonly order: readonly string[];
  /** Of one day only. */
  readonly day?: { readonly column: string; readonly day: DateKey };
}

export function renderExportRows(
  dialect: BuildDialect,
  { name, columns }: ExportedTable,
  { order, day }: ExportedRows,
): Fragment {
  const where = day ? sql` WHERE ${identifier(day.column)} = ${value(day.day)}` : sql``;
  return sql`SELECT ${columnList(columns.map((each) => each.name))} FROM ${dialect.table(name)}${where} ORDER BY ${columnList(order)}`;
}

/** For rows of these columns; `defaults` are constants of further ones. A row that the model itself has is replaced. */
export function renderImportRow(
  dialect: BuildDialect,
  { table, key }: { readonly table: Fragment; readonly key: readonly string[] },
  columns: readonly string[],
  defaults: ReadonlyMap<string, Fragment> = new Map(),
): Fragment {
  const values = [...columns.map(() => rowParameter()), ...defaults.values()];
  return dialect.insertOrReplace({
    table,
    columns: [...columns, ...defaults.keys()],
    key,
    rows: sql`VALUES (${commaList(values)})`,
  });
}
