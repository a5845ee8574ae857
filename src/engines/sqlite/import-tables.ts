// Tables of an export, brought into an empty warehouse: nights of a collection are lived through again, so that days become spans.
import type { Database, Statement } from 'better-sqlite3';
import { BOOKKEEPING_TABLES, quoted } from '../../../schema/derive/ddl.ts';
import { SPAN_COLUMNS, storageOf, type Storage } from '../../../schema/derive/storage.ts';
import type { EdmType, Entity, Value } from '../../../schema/words.ts';
import { periodOf, type DateKey } from '../../base/date-key.ts';
import { FeedError } from '../../base/feed-error.ts';
import { parseInstant } from '../../base/instant.ts';
import type { TableColumn, TableRow } from '../../format/table-file.ts';
import type { SqlValue } from '../../sql/statement.ts';
import type { Generation } from '../engine.ts';
import { fillerOf } from './grow.ts';
import { columns as listed } from './merge/comparison.ts';
import { mergeSpans } from './merge/merge-spans.ts';
import { nightParameters, type Night } from './merge/night.ts';
import { makeNewsTable } from './merge/resolve.ts';

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

const DAYS = 'snapshotDays';

/**
 * Brings everything in. Throws `setup.bad-setting` where the source knows what the model does not, an Error where its
 * rows cannot be what was exported.
 */
export async function importTables(night: Night, source: ImportSource): Promise<void> {
  const { database, model } = night;
  const tables = new Map(source.tables.map((table) => [table.name, table]));
  for (const table of source.tables) mustBeKnown(table, model.entities.get(table.name));

  for (const name of Object.keys(BOOKKEEPING_TABLES)) {
    const table = tables.get(name);
    if (table && name !== DAYS) await insertAll(database, source, table, { into: name, own: ownOf(table) });
  }
  const days = await daysOf(source, tables.get(DAYS));
  for (const entity of model.entities.values()) {
    const table = tables.get(entity.name);
    if (!table) continue;
    const storage = storageOf(entity);
    if (entity.lifetime === 'daily')
      await liveThrough(night, storage, { source, table, days: days.get(entity.name) ?? [] });
    else await insertAll(database, source, table, targetOf(storage, table, night.parameters.midnight));
  }
}

function mustBeKnown({ name, columns }: ImportTable, entity: Entity | undefined): void {
  const known = entity ? Object.keys(entity.properties) : BOOKKEEPING_TABLES[name]?.map((each) => each.name);
  const strange = known ? columns.find((column) => !known.includes(column.name)) : { name: '' };
  if (!strange) return;
  const what = strange.name === '' ? name : `${name}.${strange.name}`;
  throw new FeedError('setup.bad-setting', `The export has '${what}', which this release does not know.`, {
    hint: 'Import it with the release that exported it, or a later one.',
  });
}

/** Reads one stored column out of a row that was told. */
interface Own {
  readonly name: string;
  readonly of: (row: TableRow) => SqlValue;
}

interface Target {
  readonly into: string;
  readonly own: readonly Own[];
  /** Columns that the model has gained since, and what stands there: SQL. */
  readonly filled?: Readonly<Record<string, string>>;
}

function ownOf({ columns }: ImportTable): readonly Own[] {
  return columns.map(({ name, type }, index) => ({
    name,
    of: (row) => STORED[type](row[index] ?? null),
  }));
}

/** Where rows of a collection lie: as they are told, or as the spans that they were told from. */
function targetOf(storage: Storage, table: ImportTable, midnight: string): Target {
  const { entity, roles } = storage;
  const told = new Map(ownOf(table).map((each) => [each.name, each]));
  const place = (name: string): number => table.columns.findIndex((column) => column.name === name);
  const dayIn = (role: 'start' | 'end'): Own['of'] => {
    const index = place(roles.get(role) ?? '');
    if (index < 0) throw new TypeError(`${entity.name} does not tell the ${role} of its states.`);
    return (row) => Number(String(row[index]).slice(0, 10).replaceAll('-', ''));
  };
  const dayAt = place(roles.get('day') ?? '');
  const made = new Map<string, Own['of']>();
  if (entity.lifetime === 'daily') made.set(SPAN_COLUMNS.period, (row) => periodOf(Number(row[dayAt])));
  if (entity.lifetime === 'history') {
    made.set(SPAN_COLUMNS.from, dayIn('start')).set(SPAN_COLUMNS.to, dayIn('end'));
  }
  const stored = entity.lifetime === 'daily' ? [...storage.identity, ...storage.attributes] : null;
  const columns = storage.columns.filter(({ name }) => stored?.includes(name) ?? true);
  const own = columns.flatMap(({ name }): Own[] => {
    const of = made.get(name) ?? told.get(name)?.of;
    return of ? [{ name, of }] : [];
  });
  const missing = columns.filter(({ name }) => !own.some((each) => each.name === name));
  const filled = missing.map((column): readonly [string, string] => {
    return [column.name, column.nullable ? 'NULL' : fillerOf(entity, column, midnight)];
  });
  return { into: storage.table, own, filled: Object.fromEntries(filled) };
}

type Insert = (row: TableRow) => void;

function inserting(database: Database, place: string, { own, filled = {} }: Target): Insert {
  const names = [...own.map(({ name }) => name), ...Object.keys(filled)];
  const values = [...own.map(() => '?'), ...Object.values(filled)];
  // Rows that the model has by itself are there already.
  const insert: Statement<SqlValue[]> = database.prepare(
    `INSERT OR REPLACE INTO ${place} (${listed(names)}) VALUES (${values.join(', ')})`,
  );
  return (row) => insert.run(...own.map(({ of }) => of(row)));
}

async function insertAll(
  database: Database,
  source: ImportSource,
  table: ImportTable,
  target: Target,
): Promise<void> {
  const insert = inserting(database, quoted(target.into), target);
  const insertBatch = database.transaction((rows: readonly TableRow[]) => rows.forEach(insert));
  for await (const rows of source.rows(table)) insertBatch(rows);
}

interface Nights {
  readonly source: ImportSource;
  readonly table: ImportTable;
  /** Every night of the collection, also those on which it had no rows; the earliest first. */
  readonly days: readonly DateKey[];
}

/** Rows come night by night. */
async function liveThrough(night: Night, storage: Storage, { source, table, days }: Nights): Promise<void> {
  const { database, parameters } = night;
  const resolved = makeNewsTable(database, storage);
  const insert = inserting(database, resolved, targetOf(storage, table, parameters.midnight));
  const dayAt = table.columns.findIndex(({ name }) => name === storage.roles.get('day'));
  let over = 0;
  const endNight = (): void => {
    const day = days[over] ?? 0;
    const then = nightParameters(day, new Date(source.generation.publishedAt));
    mergeSpans(
      { ...night, parameters: then, again: false },
      storage,
      { things: resolved, news: resolved },
      'complete',
    );
    database.exec(`DELETE FROM ${resolved}`);
    over += 1;
  };
  const live = database.transaction((rows: readonly TableRow[]) => {
    for (const row of rows) {
      while (days[over] !== row[dayAt]) {
        if (over === days.length)
          throw new Error(`${table.name}: a row of ${String(row[dayAt])} is not in its place`);
        endNight();
      }
      insert(row);
    }
  });
  for await (const rows of source.rows(table)) live(rows);
  database.transaction(() => {
    while (over < days.length) endNight();
  })();
  database.exec(`DROP TABLE ${resolved}`);
}

async function daysOf(
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

const same = (told: Value): SqlValue => (typeof told === 'boolean' ? Number(told) : told);

/** Told → stored. */
const STORED: Readonly<Record<EdmType, (told: Value) => SqlValue>> = {
  'Edm.Boolean': same,
  'Edm.Int32': same,
  'Edm.Int64': same,
  'Edm.Double': same,
  'Edm.String': same,
  'Edm.DateTimeOffset': (told) => {
    if (told === null) return null;
    const instant = parseInstant(String(told));
    if (instant === null) throw new Error(`'${String(told)}' is no instant`);
    return instant;
  },
};
