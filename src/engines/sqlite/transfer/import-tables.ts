// Imports the tables of an export into an empty warehouse. The days of a collection are merged again, so that they become validity intervals.
import type { Database } from 'better-sqlite3';
import { BOOKKEEPING, BOOKKEEPING_TABLES } from '../../../../schema/derive/bookkeeping.ts';
import { INTERVAL_COLUMNS, storageOf, type Storage } from '../../../../schema/derive/storage.ts';
import type { EdmType, Entity, Value } from '../../../../schema/entity.ts';
import { monthPartitionOf, type DateKey } from '../../../base/date-key.ts';
import { FeedError } from '../../../base/feed-error.ts';
import { parseInstant } from '../../../base/instant.ts';
import type { TableColumn, TableRow } from '../../../format/table/table-format.ts';
import { renderCreateChangedRows } from '../../../sql/build/merge/resolve-input.ts';
import { resolvedTablesOf } from '../../../sql/build/merge/resolved-tables.ts';
import { defaultValue } from '../../../sql/build/schema/default-value.ts';
import { renderImportRow } from '../../../sql/build/transfer.ts';
import { sql, type Fragment } from '../../../sql/fragment.ts';
import type { SqlValue } from '../../../sql/statement.ts';
import type { Generation } from '../../engine.ts';
import { execute, prepareForRows } from '../execute-sql.ts';
import { mergeScd2 } from '../merge/merge-scd2.ts';
import { buildParameters, type BuildContext } from '../build/build-context.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';

export interface ImportTable {
  readonly name: string;
  readonly columns: readonly TableColumn[];
}

export interface ImportSource {
  /** What was exported; the import gives it the same number. */
  readonly generation: Generation;
  /** All that an export of everything has. Collections that the model has gained since are empty. */
  readonly tables: readonly ImportTable[];
  rows(table: ImportTable): AsyncIterable<readonly TableRow[]>;
}

const SNAPSHOT_DAYS_TABLE = 'snapshotDays';

/**
 * Imports everything. Throws `setup.bad-setting` where the source has what the model lacks, an Error where its rows cannot
 * be what was exported.
 */
export async function importTables(context: BuildContext, source: ImportSource): Promise<void> {
  const { database, model } = context;
  const tables = new Map(source.tables.map((table) => [table.name, table]));
  for (const table of source.tables) assertKnown(table, model.entities.get(table.name));

  for (const [name, { primaryKey }] of Object.entries(BOOKKEEPING)) {
    const table = tables.get(name);
    if (!table || name === SNAPSHOT_DAYS_TABLE) continue;
    const target = SQLITE_BUILD_DIALECT.table(name);
    await insertAll(database, source, table, {
      table: target,
      key: primaryKey,
      readers: columnReadersOf(table),
    });
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

/** Reads one stored column from an exported row. */
interface ColumnReader {
  readonly name: string;
  readonly read: (row: TableRow) => SqlValue;
}

interface InsertTarget {
  readonly table: Fragment;
  readonly key: readonly string[];
  readonly readers: readonly ColumnReader[];
  /** Columns that the model has gained since the export, and their value. */
  readonly defaults?: ReadonlyMap<string, Fragment>;
}

function columnReadersOf({ columns }: ImportTable): readonly ColumnReader[] {
  return columns.map(({ name, type }, index) => ({
    name,
    read: (row) => TO_STORED[type](row[index] ?? null),
  }));
}

/** Where rows of a collection are stored: as they are exported, or as the intervals that they were exported from. */
function insertTargetOf(storage: Storage, table: ImportTable, midnight: string): InsertTarget {
  const { entity, roles } = storage;
  const readersByName = new Map(columnReadersOf(table).map((each) => [each.name, each]));
  const indexOfColumn = (name: string): number => table.columns.findIndex((column) => column.name === name);
  const readDayOf = (role: 'start' | 'end'): ColumnReader['read'] => {
    const index = indexOfColumn(roles.get(role) ?? '');
    if (index < 0) throw new TypeError(`${entity.name} does not say the ${role} of its states.`);
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
  const defaults = missing.map((column) => {
    return [column.name, column.nullable ? sql`NULL` : defaultValue(entity, column, midnight)] as const;
  });
  return {
    table: SQLITE_BUILD_DIALECT.table(storage.table),
    key: storage.primaryKey,
    readers,
    defaults: new Map(defaults),
  };
}

type InsertRow = (row: TableRow) => void;

function prepareInsert(database: Database, { readers, defaults, ...into }: InsertTarget): InsertRow {
  const names = readers.map(({ name }) => name);
  const insert = prepareForRows(database, renderImportRow(SQLITE_BUILD_DIALECT, into, names, defaults));
  return (row) => insert.run(readers.map(({ read }) => read(row)));
}

async function insertAll(
  database: Database,
  source: ImportSource,
  table: ImportTable,
  target: InsertTarget,
): Promise<void> {
  const insert = prepareInsert(database, target);
  const insertBatch = database.transaction((rows: readonly TableRow[]) => rows.forEach(insert));
  for await (const rows of source.rows(table)) insertBatch(rows);
}

interface DailySource {
  readonly source: ImportSource;
  readonly table: ImportTable;
  /** Every snapshot day of the collection, also those on which it had no rows; the earliest first. */
  readonly days: readonly DateKey[];
}

/** Rows come day by day. */
async function replayDays(
  context: BuildContext,
  storage: Storage,
  { source, table, days }: DailySource,
): Promise<void> {
  const { database, parameters } = context;
  execute(database, renderCreateChangedRows(SQLITE_BUILD_DIALECT, storage));
  const { changedRows } = resolvedTablesOf(SQLITE_BUILD_DIALECT, storage);
  const target = insertTargetOf(storage, table, parameters.midnight);
  const insert = prepareInsert(database, { ...target, table: changedRows, key: storage.identity });
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
    execute(database, sql`DELETE FROM ${changedRows}`);
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
  execute(database, sql`DROP TABLE ${changedRows}`);
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

/** Exported → stored. */
const TO_STORED: Readonly<Record<EdmType, (exported: Value) => SqlValue>> = {
  'Edm.Boolean': toSqlValue,
  'Edm.Int32': toSqlValue,
  'Edm.Int64': toSqlValue,
  'Edm.Double': toSqlValue,
  'Edm.String': toSqlValue,
  'Edm.DateTimeOffset': (exported) => {
    if (exported === null) return null;
    const instant = parseInstant(String(exported));
    if (instant === null) throw new Error(`'${String(exported)}' is not an instant`);
    return instant;
  },
};
