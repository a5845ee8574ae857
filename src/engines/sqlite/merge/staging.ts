// Harvested rows on their way in: one table a collection in a temporary database beside the generation being built.
import type { Database, Statement } from 'better-sqlite3';
import { quoted } from '../../../../schema/derive/ddl.ts';
import type { Storage } from '../../../../schema/derive/storage.ts';
import { NOT_TOLD } from '../../stage.ts';
import type { StagedRow } from '../../stage.ts';
import { mayBeUntold, NATURAL, stagedColumn, stagedSql } from './staged-value.ts';
import type { StagedSql } from './staged-value.ts';
import { openSupplement } from './supplement.ts';
import type { Supplement } from './supplement.ts';

/** Rows of one INSERT: measured 1.4 times as fast as single rows, and no faster beyond. */
const BATCH = 100;

const SEQUENCE = 'sequence';

/** What a night brought of one collection. */
export interface Brought {
  /** The table of the rows that were appended. */
  readonly table: string;
  /** Columns in which some row leaves something untold. */
  readonly untold: ReadonlySet<string>;
  /** The table of what further sources tell; null where there are none. */
  readonly supplement: string | null;
}

export interface Staging {
  append(storage: Storage, rows: readonly StagedRow[]): void;
  supplement(storage: Storage, rows: readonly StagedRow[]): void;
  /** Makes the collection's table where nothing was appended. */
  broughtOf(storage: Storage): Brought;
  /** Lets go of what was brought of the collection. */
  empty(storage: Storage): void;
}

/** Name of a table in the temporary database. */
export function staged(table: string): string {
  return `staging.${quoted(table)}`;
}

export function openStaging(database: Database): Staging {
  // An empty name is a file of SQLite's own that goes when the connection closes.
  database.exec(`ATTACH '' AS staging; PRAGMA staging.journal_mode = OFF; PRAGMA staging.synchronous = OFF`);
  const tables = new Map<string, StagingTable>();
  const supplements = new Map<string, Supplement>();
  const open = (storage: Storage): StagingTable =>
    kept(tables, storage.entity.name, () => openTable(database, storage));
  return {
    append(storage, rows) {
      const { untold, one, many } = open(storage);
      const values = (some: readonly StagedRow[]): StagedSql[] => valuesOf(storage, untold, some);
      const rest = rows.length - (rows.length % BATCH);
      for (let at = 0; at < rest; at += BATCH) many.run(values(rows.slice(at, at + BATCH)));
      for (let at = rest; at < rows.length; at += 1) one.run(values(rows.slice(at, at + 1)));
    },
    supplement(storage, rows) {
      const { name } = storage.entity;
      kept(supplements, name, () => openSupplement(database, storage, staged(`${name}Supplement`))).put(rows);
    },
    broughtOf(storage) {
      const { table, untold } = open(storage);
      return { table, untold, supplement: supplements.get(storage.entity.name)?.table ?? null };
    },
    empty({ entity: { name } }) {
      for (const each of [tables.get(name), supplements.get(name)]) {
        if (each) database.exec(`DELETE FROM ${each.table}`);
      }
    },
  };
}

function kept<Table>(tables: Map<string, Table>, name: string, open: () => Table): Table {
  let table = tables.get(name);
  if (table === undefined) tables.set(name, (table = open()));
  return table;
}

interface StagingTable {
  readonly table: string;
  /** Grows as rows leave something untold. */
  readonly untold: Set<string>;
  readonly one: Statement<[readonly StagedSql[]]>;
  readonly many: Statement<[readonly StagedSql[]]>;
}

function openTable(database: Database, storage: Storage): StagingTable {
  const table = staged(storage.entity.name);
  const properties = storage.sourced.map((property) => stagedColumn(storage, property));
  const columns = [...(storage.roles.has('surrogate') ? [`${NATURAL} TEXT NOT NULL`] : []), ...properties];
  database.exec(`CREATE TABLE ${table} (${[`${SEQUENCE} INTEGER PRIMARY KEY`, ...columns].join(', ')})`);
  // The sequence is given as null: SQLite numbers the rows as they come.
  const tuple = `(NULL${', ?'.repeat(columns.length)})`;
  const insert = (rows: number): Statement<[readonly StagedSql[]]> =>
    database.prepare(`INSERT INTO ${table} VALUES ${Array<string>(rows).fill(tuple).join(', ')}`);
  return { table, untold: new Set(), one: insert(1), many: insert(BATCH) };
}

/** All of the rows as one list: a list for each would cost more than its values. */
function valuesOf(storage: Storage, untold: Set<string>, rows: readonly StagedRow[]): StagedSql[] {
  const { entity, sourced, roles } = storage;
  const isNumbered = roles.has('surrogate');
  const all: StagedSql[] = [];
  for (const { natural, values } of rows) {
    if (isNumbered) {
      if (natural === undefined) throw new TypeError(`${entity.name}: a row came without its natural text.`);
      all.push(natural);
    }
    for (const name of sourced) {
      const value = values[name];
      if (value === NOT_TOLD) {
        if (!mayBeUntold(storage, name)) throw new TypeError(`${entity.name}.${name} must be told.`);
        untold.add(name);
      }
      all.push(stagedSql(entity.name, name, value));
    }
  }
  return all;
}
