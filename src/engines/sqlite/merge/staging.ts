// Harvested rows on their way in: one table a collection in a temporary database beside the generation being built.
import type { Database, Statement } from 'better-sqlite3';
import { columnSql, quoted } from '../../../../schema/derive/ddl.ts';
import type { Storage } from '../../../../schema/derive/storage.ts';
import type { Value } from '../../../../schema/words.ts';
import type { SqlValue } from '../../../sql/statement.ts';
import type { StagedRow } from '../../stage.ts';

/** Rows of one INSERT: measured 1.4 times as fast as single rows, and no faster beyond. */
const BATCH = 100;

const NATURAL = 'natural';
const SEQUENCE = 'sequence';

export interface Staging {
  append(storage: Storage, rows: readonly StagedRow[]): void;
  /** Makes the collection's table where nothing was appended, and returns its name. */
  tableOf(storage: Storage): string;
}

/** Name of a table in the temporary database. */
export function staged(table: string): string {
  return `staging.${quoted(table)}`;
}

export function openStaging(database: Database): Staging {
  // An empty name is a file of SQLite's own that goes when the connection closes.
  database.exec(`ATTACH '' AS staging; PRAGMA staging.journal_mode = OFF; PRAGMA staging.synchronous = OFF`);
  const tables = new Map<string, StagingTable>();
  const open = (storage: Storage): StagingTable => {
    let table = tables.get(storage.entity.name);
    if (!table) {
      table = openTable(database, storage);
      tables.set(storage.entity.name, table);
    }
    return table;
  };
  return {
    append(storage, rows) {
      const { natural, one, many } = open(storage);
      let at = 0;
      for (; at + BATCH <= rows.length; at += BATCH) {
        many.run(rows.slice(at, at + BATCH).flatMap((row) => valuesOf(storage, natural, row)));
      }
      for (const row of rows.slice(at)) one.run(valuesOf(storage, natural, row));
    },
    tableOf: (storage) => open(storage).name,
  };
}

interface StagingTable {
  readonly name: string;
  readonly natural: boolean;
  readonly one: Statement<[readonly SqlValue[]]>;
  readonly many: Statement<[readonly SqlValue[]]>;
}

function openTable(database: Database, storage: Storage): StagingTable {
  const name = staged(storage.entity.name);
  const natural = storage.roles.has('surrogate');
  const properties = storage.sourced.map((property) => stagedColumn(storage, property));
  const columns = [...(natural ? [`${NATURAL} TEXT NOT NULL`] : []), ...properties];
  database.exec(`CREATE TABLE ${name} (${[`${SEQUENCE} INTEGER PRIMARY KEY`, ...columns].join(', ')})`);
  // The sequence is given as null: SQLite numbers the rows as they come.
  const tuple = `(NULL${', ?'.repeat(columns.length)})`;
  const insert = (rows: number): Statement<[readonly SqlValue[]]> =>
    database.prepare(`INSERT INTO ${name} VALUES ${Array<string>(rows).fill(tuple).join(', ')}`);
  return { name, natural, one: insert(1), many: insert(BATCH) };
}

function stagedColumn({ columns, entity }: Storage, name: string): string {
  // What refers to a dimension is that thing's natural text until the merge.
  if (entity.properties[name]?.refers !== undefined) return columnSql({ name, type: 'TEXT', nullable: true });
  const column = columns.find((each) => each.name === name);
  if (!column) throw new TypeError(`${entity.name}.${name} is given by a stream but stored nowhere.`);
  return columnSql(column);
}

function valuesOf({ entity, sourced }: Storage, natural: boolean, row: StagedRow): SqlValue[] {
  const values = sourced.map((name) => bound(entity.name, name, row.values[name]));
  if (!natural) return values;
  if (row.natural === undefined) throw new TypeError(`${entity.name}: a row came without its natural text.`);
  return [row.natural, ...values];
}

function bound(entity: string, name: string, value: Value | undefined): SqlValue {
  if (value === undefined) throw new TypeError(`${entity}.${name}: a row came without a value.`);
  return typeof value === 'boolean' ? Number(value) : value;
}
