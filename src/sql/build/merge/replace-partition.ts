// The merge of events and counts: the rows of a day are what was harvested, and replace those of an earlier run.
import type { Storage } from '../../../../schema/derive/storage.ts';
import { identifier, sql, value, type Fragment } from '../../fragment.ts';
import type { DateKey } from '../../../base/date-key.ts';
import type { BuildDialect } from '../build-dialect.ts';
import { columnList } from '../columns.ts';
import type { ResolvedTables } from './resolved-tables.ts';

export interface PartitionReplacement {
  readonly remove: Fragment;
  readonly insert: Fragment;
}

export function renderReplacePartition(
  dialect: BuildDialect,
  { table: name, identity, attributes, roles }: Storage,
  { changedRows }: ResolvedTables,
  day: DateKey,
): PartitionReplacement {
  const table = dialect.table(name);
  const columns = columnList([...identity, ...attributes]);
  return {
    remove: sql`DELETE FROM ${table} WHERE ${identifier(roles.get('day') ?? '')} = ${value(day)}`,
    insert: sql`INSERT INTO ${table} (${columns}) SELECT ${columns} FROM ${changedRows}`,
  };
}
