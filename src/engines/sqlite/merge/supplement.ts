// What further sources tell of things, one row a thing: column by column the last told value stays.
import type { Database, Statement } from 'better-sqlite3';
import { columnSql, quoted } from '../../../../schema/derive/ddl.ts';
import type { Storage } from '../../../../schema/derive/storage.ts';
import { NOT_TOLD, type StagedRow } from '../../stage.ts';
import { columns } from './comparison.ts';
import {
  isTold,
  mayBeUntold,
  NATURAL,
  stagedColumn,
  stagedIdentity,
  stagedSql,
  type StagedSql,
} from './staged-value.ts';

export interface Supplement {
  /** Of the table, which has the columns of `stagedIdentity` and every property that may be left untold. */
  readonly table: string;
  put(rows: readonly StagedRow[]): void;
}

/** Makes the table of this name. */
export function openSupplement(database: Database, storage: Storage, table: string): Supplement {
  const { entity, sourced } = storage;
  const identity = stagedIdentity(storage);
  // References stay out: their keys are looked up for the rows that are appended.
  const attributes = sourced.filter(
    (name) => mayBeUntold(storage, name) && entity.properties[name]?.refers === undefined,
  );
  const made = [
    ...identity.map((name) => `${quoted(name)} TEXT NOT NULL`),
    ...attributes.map((name) => columnSql(stagedColumn(storage, name))),
  ];
  database.exec(
    `CREATE TABLE ${table} (${made.join(', ')}, PRIMARY KEY (${columns(identity)})) WITHOUT ROWID`,
  );
  const insert: Statement<[readonly StagedSql[]]> = database.prepare(
    `INSERT INTO ${table} VALUES (${made.map(() => '?').join(', ')})
     ON CONFLICT DO UPDATE SET ${attributes.map(lastTold).join(', ')}`,
  );

  const valuesOf = ({ natural, values }: StagedRow): StagedSql[] => {
    const strange = Object.keys(values).find(
      (name) => !identity.includes(name) && !attributes.includes(name),
    );
    if (strange !== undefined)
      throw new TypeError(`${entity.name}.${strange} cannot come from a supplement.`);
    return [
      ...identity.map((name) => stagedSql(entity.name, name, name === NATURAL ? natural : values[name])),
      ...attributes.map((name) => stagedSql(entity.name, name, name in values ? values[name] : NOT_TOLD)),
    ];
  };
  return {
    table,
    put: (rows) => {
      for (const row of rows) insert.run(valuesOf(row));
    },
  };
}

function lastTold(name: string): string {
  const [kept, given] = [quoted(name), `excluded.${quoted(name)}`];
  return `${kept} = CASE WHEN ${isTold(given)} THEN ${given} ELSE ${kept} END`;
}
