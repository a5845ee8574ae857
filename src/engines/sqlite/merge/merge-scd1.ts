// Merges a collection that keeps the latest state only, see sql/build/merge-scd1.ts.
import type { Storage } from '../../../../schema/derive/storage.ts';
import { renderScd1Merge } from '../../../sql/build/merge/merge-scd1.ts';
import type { ResolvedTables } from '../../../sql/build/merge/resolved-tables.ts';
import type { Completeness } from '../../staging.ts';
import type { BuildContext, RowChanges } from '../build/build-context.ts';
import { execute } from '../execute-sql.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';

export function mergeScd1(
  { database, parameters }: BuildContext,
  storage: Storage,
  tables: ResolvedTables,
  completeness: Completeness,
): RowChanges {
  const merge = renderScd1Merge(SQLITE_BUILD_DIALECT, storage, tables, parameters);
  const changed = merge.update === null ? 0 : execute(database, merge.update);
  const inserted = execute(database, merge.insert);
  const markDeleted = completeness === 'complete' ? merge.deleteUnseen : merge.deleteSuperseded;
  const deleted = markDeleted === null ? 0 : execute(database, markDeleted);
  return { inserted, changed, deleted };
}
