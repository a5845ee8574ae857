// The SQLite schema of the model: tables, views and indexes.
import type { Model } from '../model.ts';
import type { PropertyRole } from '../entity.ts';
import { INTERVAL_COLUMNS, storageOf, type Column, type Storage } from './storage.ts';

/** One object of the database, by the name under which sqlite_schema lists it. */
export interface SchemaObject {
  readonly kind: 'table' | 'index' | 'view';
  readonly name: string;
  readonly sql: string;
}

/** Puts a name into SQL as a name, whatever it contains. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The tables of every generation besides the collections. */
const BOOKKEEPING = {
  /** One row: which generation this file is. */
  generation: '(id INTEGER PRIMARY KEY, dateKey INTEGER NOT NULL, publishedAtUTC TEXT NOT NULL) STRICT',
  /** The snapshot days of each daily collection; its view has no other days. */
  snapshotDays:
    '(collection TEXT NOT NULL, dateKey INTEGER NOT NULL, period INTEGER NOT NULL,' +
    ' PRIMARY KEY (collection, dateKey)) STRICT, WITHOUT ROWID',
  /** Natural key → surrogate key, for ever. */
  surrogateKeys:
    '(entity TEXT NOT NULL, natural TEXT NOT NULL, key INTEGER NOT NULL,' +
    ' PRIMARY KEY (entity, natural)) STRICT, WITHOUT ROWID',
  /** The highest surrogate key so far; it never decreases, so that no key is reused. */
  surrogateSequences: '(entity TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID',
  /** Erased people by a hash of their id; the merge replaces their natural key by the placeholder. */
  tombstones:
    '(hash TEXT PRIMARY KEY, placeholder TEXT NOT NULL, forGood INTEGER NOT NULL) STRICT, WITHOUT ROWID',
  /** The treatment of each kind of personal value; empty where all are stored in full. */
  privacy: '(kind TEXT PRIMARY KEY, treatment TEXT NOT NULL) STRICT, WITHOUT ROWID',
} as const;

interface BookkeepingColumn {
  readonly name: string;
  readonly type: 'Edm.Int32' | 'Edm.String';
}

/** The bookkeeping that later runs need, by table: the columns, none of them null. */
export const BOOKKEEPING_TABLES: Readonly<Record<string, readonly BookkeepingColumn[]>> = Object.fromEntries(
  Object.entries(BOOKKEEPING)
    .filter(([name]) => name !== 'generation')
    .map(([name, body]) => [name, [...body.matchAll(/(\w+) (INTEGER|TEXT)/g)].map(bookkeepingColumn)]),
);

function bookkeepingColumn([, name = '', type]: RegExpMatchArray): BookkeepingColumn {
  return { name, type: type === 'TEXT' ? 'Edm.String' : 'Edm.Int32' };
}

/** In an order in which they can be created. */
export function deriveDdl(model: Model): readonly SchemaObject[] {
  const storages = [...model.entities.values()].map(storageOf);
  const bookkeeping = Object.entries(BOOKKEEPING).map(([name, body]): SchemaObject => ({
    kind: 'table',
    name,
    sql: `CREATE TABLE ${quoteIdentifier(name)} ${body}`,
  }));
  return [
    ...bookkeeping,
    ...storages.map(tableOf),
    ...indexesOf(storages),
    ...storages.filter(({ storesIntervals }) => storesIntervals).map(viewOf),
  ];
}

/** `"name" TYPE NOT NULL`, as in CREATE TABLE and ADD COLUMN. */
export function columnSql({ name, type, nullable }: Column): string {
  return `${quoteIdentifier(name)} ${type}${nullable ? '' : ' NOT NULL'}`;
}

/** The table that holds a collection's rows. */
export function tableOf({ table, columns, primaryKey }: Storage): SchemaObject {
  const rowidColumn =
    primaryKey.length === 1 ? columns.find(({ name }) => name === primaryKey[0]) : undefined;
  // A single integer key is the rowid; with any other key the rows are stored in the B-tree of the key.
  const layout = rowidColumn?.type === 'INTEGER' ? 'STRICT' : 'STRICT, WITHOUT ROWID';
  const lines = [...columns.map(columnSql), `PRIMARY KEY (${primaryKey.map(quoteIdentifier).join(', ')})`];
  return {
    kind: 'table',
    name: table,
    sql: `CREATE TABLE ${quoteIdentifier(table)} (\n  ${lines.join(',\n  ')}\n) ${layout}`,
  };
}

function indexesOf(storages: readonly Storage[]): readonly SchemaObject[] {
  return [...indexedColumns(storages)].flatMap(([{ table }, columns]) =>
    [...columns].map((column) => {
      const name = `${table}By${column.charAt(0).toUpperCase()}${column.slice(1)}`;
      const sql = `CREATE INDEX ${quoteIdentifier(name)} ON ${quoteIdentifier(table)} (${quoteIdentifier(column)})`;
      return { kind: 'index', name, sql };
    }),
  );
}

/**
 * Joins go from a row to a row of a dimension and back. The key serves most of them. The rest is indexed: the target of a
 * navigation, and its origin where few rows share a value.
 */
function indexedColumns(storages: readonly Storage[]): ReadonlyMap<Storage, ReadonlySet<string>> {
  const indexed = new Map(storages.map((storage) => [storage, new Set<string>()]));
  const byName = new Map(storages.map((each) => [each.entity.name, each]));
  const addIndex = (storage: Storage | undefined, column: string | undefined): void => {
    if (!storage || column === undefined || storage.storesIntervals || storage.primaryKey[0] === column)
      return;
    indexed.get(storage)?.add(column);
  };
  for (const storage of storages) {
    addIndex(storage, storage.roles.get('surrogate'));
    for (const { to, on } of Object.values(storage.entity.navigations)) {
      const [[own, theirs] = [], ...more] = Object.entries(on);
      if (own === undefined || more.length > 0) continue;
      addIndex(byName.get(to), theirs);
      const { type, refers } = storage.entity.properties[own] ?? {};
      if (storage.entity.lifetime === 'current' && (type === 'Edm.String' || refers !== undefined)) {
        addIndex(storage, own);
      }
    }
  }
  return indexed;
}

/** Collection → the columns, besides the first of its key, that have an index. */
export function indexedColumnsOf(model: Model): ReadonlyMap<string, ReadonlySet<string>> {
  const indexed = indexedColumns([...model.entities.values()].map(storageOf));
  return new Map([...indexed].map(([{ entity }, columns]) => [entity.name, columns]));
}

const { period, from, to } = INTERVAL_COLUMNS;
const OPEN_END = '99991231';

// 20261120 → 2026-11-20T00:00:00, the canonical instant of midnight.
const midnightSql = (day: string): string =>
  `printf('%04d-%02d-%02dT00:00:00', ${day} / 10000, ${day} / 100 % 100, ${day} % 100)`;

/** The properties that the view computes from the bounds of an interval. */
const COMPUTED_COLUMNS: Readonly<Partial<Record<PropertyRole, string>>> = {
  day: 'd.dateKey',
  start: midnightSql(`s.${from}`),
  startDay: `s.${from}`,
  end: midnightSql(`s.${to}`),
  current: `(s.${to} = ${OPEN_END})`,
};

function viewOf(storage: Storage): SchemaObject {
  const { entity, table } = storage;
  const columns = Object.entries(entity.properties).map(([name, { role }]) => {
    const computed = role === undefined ? undefined : COMPUTED_COLUMNS[role];
    return `${computed ?? `s.${quoteIdentifier(name)}`} AS ${quoteIdentifier(name)}`;
  });
  const days =
    `"snapshotDays" d JOIN ${quoteIdentifier(table)} s ON s.${period} = d.period` +
    ` AND s.${from} <= d.dateKey AND s.${to} > d.dateKey\nWHERE d.collection = '${entity.name}'`;
  const source = entity.lifetime === 'daily' ? days : `${quoteIdentifier(table)} s`;
  return {
    kind: 'view',
    name: entity.name,
    sql: `CREATE VIEW ${quoteIdentifier(entity.name)} AS\nSELECT ${columns.join(',\n  ')}\nFROM ${source}`,
  };
}
