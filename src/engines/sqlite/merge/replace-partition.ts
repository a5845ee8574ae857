// The merge of counts and happenings: a night's rows are what the night saw, and replace those of an earlier run.
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import type { Storage } from '../../../../schema/derive/storage.ts';
import { columnList } from '../sql-columns.ts';
import type { RowChanges, BuildContext, ResolvedTables } from '../build/build-context.ts';

export function replacePartition(
  { database, parameters }: BuildContext,
  storage: Storage,
  { changedRows }: ResolvedTables,
): RowChanges {
  const { identity, attributes, roles } = storage;
  const table = quoteIdentifier(storage.table);
  const dayColumn = roles.get('day') ?? '';
  database.prepare(`DELETE FROM ${table} WHERE ${quoteIdentifier(dayColumn)} = @day`).run(parameters);
  const names = [...identity, ...attributes];
  const inserted = database
    .prepare(`INSERT INTO ${table} (${columnList(names)}) SELECT ${columnList(names)} FROM ${changedRows}`)
    .run().changes;
  return { inserted, changed: 0, deleted: 0 };
}
