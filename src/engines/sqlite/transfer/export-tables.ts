// A generation as tables of values: its collections as readers see them, and the bookkeeping that the next run needs.
import Database from 'better-sqlite3';
import { BOOKKEEPING_TABLES } from '../../../../schema/derive/bookkeeping.ts';
import { storageOf } from '../../../../schema/derive/storage.ts';
import type { Model } from '../../../../schema/model.ts';
import type { EdmType, Entity, Value } from '../../../../schema/entity.ts';
import { formatInstant } from '../../../base/instant.ts';
import type { TableColumn, TableRow } from '../../../format/table/table-format.ts';
import { renderExportRows } from '../../../sql/build/transfer.ts';
import { renderSnapshotDays } from '../../../sql/build/merge/snapshot-days.ts';
import { sql, value, type Fragment } from '../../../sql/fragment.ts';
import { iterateRawRows, readColumn } from '../execute-sql.ts';
import { readFingerprint, schemaFingerprint } from '../generations/schema-fingerprint.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';

export interface ExportTable {
  readonly name: string;
  /** Of collections alone. */
  readonly entity: Entity | null;
  readonly columns: readonly TableColumn[];
}

export interface ExportSource {
  readonly tables: readonly ExportTable[];
  /** In the order of the key, so that the same rows always give the same file. */
  rows(table: ExportTable): Iterable<TableRow>;
  close(): void;
}

/** Throws a TypeError where the file is of another model. */
export function openExport(path: string, model: Model): ExportSource {
  const database = new Database(path, { readonly: true, fileMustExist: true });
  if (readFingerprint(database) !== schemaFingerprint(model)) {
    database.close();
    throw new TypeError(`${path} is of another model.`);
  }
  return {
    tables: exportTablesOf(model),
    rows: (table) =>
      table.entity ? readCollection(database, table, table.entity) : readBookkeeping(database, table),
    close: () => database.close(),
  };
}

/** Every table of an export, in an order in which they can be read back. */
export function exportTablesOf(model: Model): readonly ExportTable[] {
  const bookkeeping = Object.entries(BOOKKEEPING_TABLES).map(([name, columns]) => {
    return { name, entity: null, columns: columns.map((each) => ({ ...each, nullable: false })) };
  });
  const collections = [...model.entities.values()].map((entity) => {
    const columns = Object.entries(entity.properties).map(([name, { type, nullable }]) => {
      return { name, type, nullable };
    });
    return { name: entity.name, entity, columns };
  });
  return [...bookkeeping, ...collections];
}

function readBookkeeping(database: Database.Database, table: ExportTable): Iterable<TableRow> {
  const key = sql`SELECT "name" FROM pragma_table_info(${value(table.name)}) WHERE "pk" > 0 ORDER BY "pk"`;
  const order = readColumn<string>(database, key);
  return readValues(database, table, renderExportRows(SQLITE_BUILD_DIALECT, table, { order }));
}

/** Of daily collections day by day: sorting all days at once would need room for all of them. */
function* readCollection(
  database: Database.Database,
  table: ExportTable,
  entity: Entity,
): Generator<TableRow> {
  const order = entity.key;
  const dayColumn = storageOf(entity).roles.get('day');
  if (entity.lifetime !== 'daily' || dayColumn === undefined || order[0] !== dayColumn) {
    yield* readValues(database, table, renderExportRows(SQLITE_BUILD_DIALECT, table, { order }));
    return;
  }
  const days = readColumn<number>(database, renderSnapshotDays(SQLITE_BUILD_DIALECT, entity.name));
  for (const day of days) {
    const rows = renderExportRows(SQLITE_BUILD_DIALECT, table, { order, day: { column: dayColumn, day } });
    yield* readValues(database, table, rows);
  }
}

function* readValues(
  database: Database.Database,
  { columns }: ExportTable,
  query: Fragment,
): Generator<TableRow> {
  for (const row of iterateRawRows<Exclude<Value, boolean>>(database, query))
    yield columns.map(({ type }, index) => FROM_STORED[type](row[index] ?? null));
}

const unchanged = (stored: Value): Value => stored;

/** Stored → exported. The database has whole numbers only; the model knows what they mean. */
const FROM_STORED: Readonly<Record<EdmType, (stored: Value) => Value>> = {
  'Edm.Boolean': (stored) => (stored === null ? null : stored === 1n),
  'Edm.Int32': (stored) => (stored === null ? null : Number(stored)),
  'Edm.Int64': unchanged,
  'Edm.Double': unchanged,
  'Edm.String': unchanged,
  'Edm.DateTimeOffset': (stored) => (typeof stored === 'string' ? formatInstant(stored) : null),
};
