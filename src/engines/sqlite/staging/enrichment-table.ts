// The rows of enrichment sources, merged to one row per instance: in each column the last reported value wins.
import type { Database, Statement } from 'better-sqlite3';
import { columnSql, quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import type { Storage } from '../../../../schema/derive/storage.ts';
import { NOT_REPORTED, type StagedRow } from '../../staging.ts';
import { columnList } from '../sql-columns.ts';
import {
  isReportedSql,
  mayBeUnreported,
  NATURAL_KEY,
  stagedColumn,
  stagedIdentityColumns,
  toStagedSqlValue,
  type StagedSqlValue,
} from './staged-value.ts';

export interface EnrichmentTable {
  /** It has the columns of `stagedIdentityColumns` and every property that may be unreported, except references. */
  readonly table: string;
  add(rows: readonly StagedRow[]): void;
}

/** Creates the table of this name. */
export function createEnrichmentTable(database: Database, storage: Storage, table: string): EnrichmentTable {
  const { entity, sourced } = storage;
  const identity = stagedIdentityColumns(storage);
  // References are left out: the merge looks up their keys for appended rows only.
  const attributes = sourced.filter(
    (name) => mayBeUnreported(storage, name) && entity.properties[name]?.refers === undefined,
  );
  const definitions = [
    ...identity.map((name) => `${quoteIdentifier(name)} TEXT NOT NULL`),
    ...attributes.map((name) => columnSql(stagedColumn(storage, name))),
  ];
  database.exec(
    `CREATE TABLE ${table} (${definitions.join(', ')}, PRIMARY KEY (${columnList(identity)})) WITHOUT ROWID`,
  );
  const insert: Statement<[readonly StagedSqlValue[]]> = database.prepare(
    `INSERT INTO ${table} VALUES (${definitions.map(() => '?').join(', ')})
     ON CONFLICT DO UPDATE SET ${attributes.map(keepLastReportedSql).join(', ')}`,
  );

  const valuesOf = ({ naturalKey, values }: StagedRow): StagedSqlValue[] => {
    const unknownName = Object.keys(values).find(
      (name) => !identity.includes(name) && !attributes.includes(name),
    );
    if (unknownName !== undefined)
      throw new TypeError(`${entity.name}.${unknownName} cannot come from an enrichment source.`);
    return [
      ...identity.map((name) =>
        toStagedSqlValue(entity.name, name, name === NATURAL_KEY ? naturalKey : values[name]),
      ),
      ...attributes.map((name) =>
        toStagedSqlValue(entity.name, name, name in values ? values[name] : NOT_REPORTED),
      ),
    ];
  };
  return {
    table,
    add: (rows) => {
      for (const row of rows) insert.run(valuesOf(row));
    },
  };
}

function keepLastReportedSql(name: string): string {
  const [current, incoming] = [quoteIdentifier(name), `excluded.${quoteIdentifier(name)}`];
  return `${current} = CASE WHEN ${isReportedSql(incoming)} THEN ${incoming} ELSE ${current} END`;
}
