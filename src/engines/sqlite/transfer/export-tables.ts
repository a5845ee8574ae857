// A generation as tables of values: its collections as readers see them, and what the next night needs to go on from them.
import Database from 'better-sqlite3';
import { BOOKKEEPING_TABLES, quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import { storageOf } from '../../../../schema/derive/storage.ts';
import type { Model } from '../../../../schema/model.ts';
import type { EdmType, Entity, Value } from '../../../../schema/entity.ts';
import { formatInstant } from '../../../base/instant.ts';
import type { TableColumn, TableRow } from '../../../format/table/table-format.ts';
import { columnList } from '../sql-columns.ts';
import { schemaFingerprint } from '../generations/schema-fingerprint.ts';

export interface ExportTable {
  readonly name: string;
  /** Of collections alone. */
  readonly entity: Entity | null;
  readonly columns: readonly TableColumn[];
}

export interface ExportSource {
  readonly tables: readonly ExportTable[];
  /** In the order of the key, so that the same rows are always told alike. */
  rows(table: ExportTable): Iterable<TableRow>;
  close(): void;
}

/** Throws a TypeError where the file is of another model. */
export function openExport(path: string, model: Model): ExportSource {
  const database = new Database(path, { readonly: true, fileMustExist: true });
  if (database.pragma('user_version', { simple: true }) !== schemaFingerprint(model)) {
    database.close();
    throw new TypeError(`${path} is of another model.`);
  }
  return {
    tables: exportTablesOf(model),
    rows: ({ name, entity, columns }) => {
      const select = `SELECT ${columnList(columns.map((each) => each.name))} FROM ${quoteIdentifier(name)}`;
      return entity
        ? readCollection(database, entity, columns, select)
        : readBookkeeping(database, name, columns, select);
    },
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

function readBookkeeping(
  database: Database.Database,
  name: string,
  columns: readonly TableColumn[],
  select: string,
): Iterable<TableRow> {
  const key = database
    .prepare<[string], string>('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk')
    .pluck()
    .all(name);
  return readValues(database, columns, `${select} ORDER BY ${columnList(key)}`);
}

/** Of nights, one after the other: sorted as a whole they would need room for all of them. */
function* readCollection(
  database: Database.Database,
  entity: Entity,
  columns: readonly TableColumn[],
  select: string,
): Generator<TableRow> {
  const order = `ORDER BY ${columnList(entity.key)}`;
  const day = storageOf(entity).roles.get('day');
  if (entity.lifetime !== 'daily' || day === undefined || entity.key[0] !== day) {
    yield* readValues(database, columns, `${select} ${order}`);
    return;
  }
  const days = database
    .prepare<[string], number>('SELECT dateKey FROM snapshotDays WHERE collection = ? ORDER BY dateKey')
    .pluck()
    .all(entity.name);
  for (const each of days)
    yield* readValues(database, columns, `${select} WHERE ${quoteIdentifier(day)} = ${each} ${order}`);
}

function* readValues(
  database: Database.Database,
  columns: readonly TableColumn[],
  sql: string,
): Generator<TableRow> {
  const statement = database.prepare<[], Exclude<Value, boolean>[]>(sql).raw().safeIntegers();
  for (const row of statement.iterate())
    yield columns.map(({ type }, index) => FROM_STORED[type](row[index] ?? null));
}

const unchanged = (stored: Value): Value => stored;

/** Stored → told. SQLite knows whole numbers only as they are; the model knows what they mean. */
const FROM_STORED: Readonly<Record<EdmType, (stored: Value) => Value>> = {
  'Edm.Boolean': (stored) => (stored === null ? null : stored === 1n),
  'Edm.Int32': (stored) => (stored === null ? null : Number(stored)),
  'Edm.Int64': unchanged,
  'Edm.Double': unchanged,
  'Edm.String': unchanged,
  'Edm.DateTimeOffset': (stored) => (typeof stored === 'string' ? formatInstant(stored) : null),
};
