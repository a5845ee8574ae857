// Merges a collection of events or counts, see sql/build/replace-partition.ts.
import type { Storage } from '../../../../schema/derive/storage.ts';
import { renderReplacePartition } from '../../../sql/build/merge/replace-partition.ts';
import type { ResolvedTables } from '../../../sql/build/merge/resolved-tables.ts';
import type { BuildContext, RowChanges } from '../build/build-context.ts';
import { execute } from '../execute-sql.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';

export function replacePartition(
  { database, parameters }: BuildContext,
  storage: Storage,
  tables: ResolvedTables,
): RowChanges {
  const { remove, insert } = renderReplacePartition(SQLITE_BUILD_DIALECT, storage, tables, parameters.day);
  execute(database, remove);
  return { inserted: execute(database, insert), changed: 0, deleted: 0 };
}
