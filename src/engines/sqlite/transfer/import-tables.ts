// Tables of an export, brought into an empty warehouse: nights of a collection are lived through again, so that days become spans.
import type { Database, Statement } from 'better-sqlite3';
import { BOOKKEEPING_TABLES, quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import { INTERVAL_COLUMNS, storageOf, type Storage } from '../../../../schema/derive/storage.ts';
import type { EdmType, Entity, Value } from '../../../../schema/entity.ts';
import { monthPartitionOf, type DateKey } from '../../../base/date-key.ts';
import { FeedError } from '../../../base/feed-error.ts';
import { parseInstant } from '../../../base/instant.ts';
import type { TableColumn, TableRow } from '../../../format/table/table-format.ts';
import type { SqlValue } from '../../../sql/statement.ts';
import type { Generation } from '../../engine.ts';
import { defaultValueSql } from '../build/migrate-schema.ts';
import { columnList } from '../sql-columns.ts';
import { mergeScd2 } from '../merge/merge-scd2.ts';
import { buildParameters, type BuildContext } from '../build/build-context.ts';
import { createChangedRowsTable } from '../merge/resolve-staged-input.ts';

export interface ImportTable {
  readonly name: string;
  readonly columns: readonly TableColumn[];
}

export interface ImportSource {
  /** What was exported; what it becomes is the same, with the same number. */
  readonly generation: Generation;
  /** All that an export of everything has. Collections that the model has gained since are empty. */
  readonly tables: readonly ImportTable[];
  rows(table: ImportTable): AsyncIterable<readonly TableRow[]>;
}

const SNAPSHOT_DAYS_TABLE = 'snapshotDays';

/**
 * Brings everything in. Throws `setup.bad-setting` where the source knows what the model does not, an Error where its
 * rows cannot be what was exported.
 */
export async function importTables(context: BuildContext, source: ImportSource): Promise<void> {
  const { database, model } = context;
  const tables = new Map(source.tables.map((table) => [table.name, table]));
  for (const table of source.tables) assertKnown(table, model.entities.get(table.name));

  for (const name of Object.keys(BOOKKEEPING_TABLES)) {
    const table = tables.get(name);
    if (table && name !== SNAPSHOT_DAYS_TABLE)
      await insertAll(database, source, table, { table: name, readers: columnReadersOf(table) });
  }
  const days = await readSnapshotDays(source, tables.get(SNAPSHOT_DAYS_TABLE));
  for (const entity of model.entities.values()) {
    const table = tables.get(entity.name);
    if (!table) continue;
    const storage = storageOf(entity);
    if (entity.lifetime === 'daily')
      await replayDays(context, storage, { source, table, days: days.get(entity.name) ?? [] });
    else
      await insertAll(database, source, table, insertTargetOf(storage, table, context.parameters.midnight));
  }
}

function assertKnown({ name, columns }: ImportTable, entity: Entity | undefined): void {
  const known = entity ? Object.keys(entity.properties) : BOOKKEEPING_TABLES[name]?.map((each) => each.name);
  const unknownColumn = known ? columns.find((column) => !known.includes(column.name)) : { name: '' };
  if (!unknownColumn) return;
  const what = unknownColumn.name === '' ? name : `${name}.${unknownColumn.name}`;
  throw new FeedError('setup.bad-setting', `The export has '${what}', which this release does not know.`, {
    hint: 'Import it with the release that exported it, or a later one.',
  });
}

/** Reads one stored column out of a row that was told. */
interface ColumnReader {
  readonly name: string;
  readonly read: (row: TableRow) => SqlValue;
}

interface InsertTarget {
  readonly table: string;
  readonly readers: readonly ColumnReader[];
  /** Columns that the model has gained since, and what stands there: SQL. */
  readonly defaults?: Readonly<Record<string, string>>;
}

function columnReadersOf({ columns }: ImportTable): readonly ColumnReader[] {
  return columns.map(({ name, type }, index) => ({
    name,
    read: (row) => TO_STORED[type](row[index] ?? null),
  }));
}

/** Where rows of a collection lie: as they are told, or as the spans that they were told from. */
function insertTargetOf(storage: Storage, table: ImportTable, midnight: string): InsertTarget {
  const { entity, roles } = storage;
  const readersByName = new Map(columnReadersOf(table).map((each) => [each.name, each]));
  const indexOfColumn = (name: string): number => table.columns.findIndex((column) => column.name === name);
  const readDayOf = (role: 'start' | 'end'): ColumnReader['read'] => {
    const index = indexOfColumn(roles.get(role) ?? '');
    if (index < 0) throw new TypeError(`${entity.name} does not tell the ${role} of its states.`);
    return (row) => Number(String(row[index]).slice(0, 10).replaceAll('-', ''));
  };
  const dayIndex = indexOfColumn(roles.get('day') ?? '');
  const computed = new Map<string, ColumnReader['read']>();
  if (entity.lifetime === 'daily')
    computed.set(INTERVAL_COLUMNS.period, (row) => monthPartitionOf(Number(row[dayIndex])));
  if (entity.lifetime === 'history') {
    computed.set(INTERVAL_COLUMNS.from, readDayOf('start')).set(INTERVAL_COLUMNS.to, readDayOf('end'));
  }
  const stored = entity.lifetime === 'daily' ? [...storage.identity, ...storage.attributes] : null;
  const columns = storage.columns.filter(({ name }) => stored?.includes(name) ?? true);
  const readers = columns.flatMap(({ name }): ColumnReader[] => {
    const read = computed.get(name) ?? readersByName.get(name)?.read;
    return read ? [{ name, read }] : [];
  });
  const missing = columns.filter(({ name }) => !readers.some((each) => each.name === name));
  const defaults = missing.map((column): readonly [string, string] => {
    return [column.name, column.nullable ? 'NULL' : defaultValueSql(entity, column, midnight)];
  });
  return { table: storage.table, readers, defaults: Object.fromEntries(defaults) };
}

type InsertRow = (row: TableRow) => void;

function prepareInsert(
  database: Database,
  table: string,
  { readers, defaults = {} }: InsertTarget,
): InsertRow {
  const names = [...readers.map(({ name }) => name), ...Object.keys(defaults)];
  const values = [...readers.map(() => '?'), ...Object.values(defaults)];
  // Rows that the model has by itself are there already.
  const insert: Statement<SqlValue[]> = database.prepare(
    `INSERT OR REPLACE INTO ${table} (${columnList(names)}) VALUES (${values.join(', ')})`,
  );
  return (row) => insert.run(...readers.map(({ read }) => read(row)));
}

async function insertAll(
  database: Database,
  source: ImportSource,
  table: ImportTable,
  target: InsertTarget,
): Promise<void> {
  const insert = prepareInsert(database, quoteIdentifier(target.table), target);
  const insertBatch = database.transaction((rows: readonly TableRow[]) => rows.forEach(insert));
  for await (const rows of source.rows(table)) insertBatch(rows);
}

interface DailySource {
  readonly source: ImportSource;
  readonly table: ImportTable;
  /** Every night of the collection, also those on which it had no rows; the earliest first. */
  readonly days: readonly DateKey[];
}

/** Rows come night by night. */
async function replayDays(
  context: BuildContext,
  storage: Storage,
  { source, table, days }: DailySource,
): Promise<void> {
  const { database, parameters } = context;
  const changedRows = createChangedRowsTable(database, storage);
  const insert = prepareInsert(database, changedRows, insertTargetOf(storage, table, parameters.midnight));
  const dayIndex = table.columns.findIndex(({ name }) => name === storage.roles.get('day'));
  let mergedDays = 0;
  const mergeDay = (): void => {
    const day = days[mergedDays] ?? 0;
    const dayParameters = buildParameters(day, new Date(source.generation.publishedAt));
    mergeScd2(
      { ...context, parameters: dayParameters, isRerun: false },
      storage,
      { stagedKeys: changedRows, changedRows },
      'complete',
    );
    database.exec(`DELETE FROM ${changedRows}`);
    mergedDays += 1;
  };
  const replayBatch = database.transaction((rows: readonly TableRow[]) => {
    for (const row of rows) {
      while (days[mergedDays] !== row[dayIndex]) {
        if (mergedDays === days.length)
          throw new Error(`${table.name}: a row of ${String(row[dayIndex])} is not in its place`);
        mergeDay();
      }
      insert(row);
    }
  });
  for await (const rows of source.rows(table)) replayBatch(rows);
  database.transaction(() => {
    while (mergedDays < days.length) mergeDay();
  })();
  database.exec(`DROP TABLE ${changedRows}`);
}

async function readSnapshotDays(
  source: ImportSource,
  table: ImportTable | undefined,
): Promise<ReadonlyMap<string, DateKey[]>> {
  const days = new Map<string, DateKey[]>();
  if (!table) return days;
  const [collection, dateKey] = ['collection', 'dateKey'].map((name) =>
    table.columns.findIndex((column) => column.name === name),
  );
  for await (const rows of source.rows(table)) {
    for (const row of rows) {
      const name = String(row[collection ?? -1]);
      days.set(name, [...(days.get(name) ?? []), Number(row[dateKey ?? -1])]);
    }
  }
  return days;
}

const toSqlValue = (exported: Value): SqlValue =>
  typeof exported === 'boolean' ? Number(exported) : exported;

/** Told → stored. */
const TO_STORED: Readonly<Record<EdmType, (told: Value) => SqlValue>> = {
  'Edm.Boolean': toSqlValue,
  'Edm.Int32': toSqlValue,
  'Edm.Int64': toSqlValue,
  'Edm.Double': toSqlValue,
  'Edm.String': toSqlValue,
  'Edm.DateTimeOffset': (told) => {
    if (told === null) return null;
    const instant = parseInstant(String(told));
    if (instant === null) throw new Error(`'${String(told)}' is no instant`);
    return instant;
  },
};
