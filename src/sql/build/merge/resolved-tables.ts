// The tables of what was staged of a collection, resolved to instances: what merges start from.
import type { Storage } from '../../../../schema/derive/storage.ts';
import type { Fragment } from '../../fragment.ts';
import type { BuildDialect } from '../build-dialect.ts';

export interface ResolvedTables {
  /** All instances that are there; the columns are the storage's identity. */
  readonly stagedKeys: Fragment;
  /** Those that are new or changed, and perhaps others; the columns are its identity and attributes. */
  readonly changedRows: Fragment;
}

export function resolvedTablesOf(dialect: BuildDialect, { entity }: Storage): ResolvedTables {
  return {
    stagedKeys: dialect.stagingTable(`${entity.name}Keys`),
    changedRows: dialect.stagingTable(`${entity.name}Changes`),
  };
}
