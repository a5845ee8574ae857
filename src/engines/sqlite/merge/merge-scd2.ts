// Merges a collection with history, see sql/build/merge-scd2.ts.
import type { Storage } from '../../../../schema/derive/storage.ts';
import { renderOpenPartition, renderScd2Merge, renderUndoDay } from '../../../sql/build/merge/merge-scd2.ts';
import type { ResolvedTables } from '../../../sql/build/merge/resolved-tables.ts';
import { renderLastPeriod } from '../../../sql/build/merge/snapshot-days.ts';
import type { Completeness } from '../../staging.ts';
import type { BuildContext, RowChanges } from '../build/build-context.ts';
import { execute, executeAll, readNumber } from '../execute-sql.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';

export function mergeScd2(
  context: BuildContext,
  storage: Storage,
  tables: ResolvedTables,
  completeness: Completeness,
): RowChanges {
  const { database, parameters, isRerun } = context;
  if (isRerun) executeAll(database, renderUndoDay(SQLITE_BUILD_DIALECT, storage, parameters));
  if (storage.entity.lifetime === 'daily') openPartition(context, storage);

  const merge = renderScd2Merge(SQLITE_BUILD_DIALECT, storage, tables, parameters);
  const deleted = completeness === 'complete' ? execute(database, merge.deleteUnseen.statement) : 0;
  const closed = execute(database, merge.closeChanged);
  if (merge.removeEmpty) execute(database, merge.removeEmpty);
  const opened = execute(database, merge.open);
  if (merge.addSnapshotDay) execute(database, merge.addSnapshotDay);
  // What was staged as deleted is closed like any other change.
  const changed = merge.deleteUnseen.kind === 'closes' ? closed : closed - deleted;
  return { inserted: opened - closed, changed, deleted };
}

function openPartition({ database, parameters }: BuildContext, storage: Storage): void {
  const { day, period } = parameters;
  const last = readNumber(database, renderLastPeriod(SQLITE_BUILD_DIALECT, storage.entity.name, day));
  if (last === null || last === period) return;
  executeAll(database, renderOpenPartition(SQLITE_BUILD_DIALECT, storage, last, parameters));
}
