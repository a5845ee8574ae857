// The rows of enrichment sources, merged to one row per instance: in each column the last reported value wins.
import type { Database } from 'better-sqlite3';
import type { Storage } from '../../../../schema/derive/storage.ts';
import {
  mayBeUnreported,
  NATURAL_KEY,
  stagedColumn,
  stagedIdentityColumns,
} from '../../../sql/build/merge/staged-columns.ts';
import { renderCreateEnrichmentTable, renderEnrich } from '../../../sql/build/merge/staging.ts';
import type { Fragment } from '../../../sql/fragment.ts';
import { NOT_REPORTED, type StagedRow } from '../../staging.ts';
import { execute, prepareForRows, type BoundValue } from '../execute-sql.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';
import { toStagedSqlValue } from './staged-value.ts';

export interface EnrichmentTable {
  /** It has the columns of `stagedIdentityColumns` and every property that may be unreported, except references. */
  readonly table: Fragment;
  add(rows: readonly StagedRow[]): void;
}

/** Creates the table of this name. */
export function createEnrichmentTable(
  database: Database,
  storage: Storage,
  table: Fragment,
): EnrichmentTable {
  const { entity, sourced } = storage;
  const identity = stagedIdentityColumns(storage);
  // References are left out: the merge looks up their keys for appended rows only.
  const attributes = sourced.filter(
    (name) => mayBeUnreported(storage, name) && entity.properties[name]?.refers === undefined,
  );
  const columns = { identity, attributes: attributes.map((name) => stagedColumn(storage, name)) };
  execute(database, renderCreateEnrichmentTable(SQLITE_BUILD_DIALECT, table, columns));
  const insert = prepareForRows(database, renderEnrich(SQLITE_BUILD_DIALECT, table, columns));

  const valuesOf = ({ naturalKey, values }: StagedRow): BoundValue[] => {
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
