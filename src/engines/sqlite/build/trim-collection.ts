// Removes the days of a collection that are no longer kept, see sql/build/retention.ts.
import { storageOf } from '../../../../schema/derive/storage.ts';
import type { Entity } from '../../../../schema/entity.ts';
import type { DateKey } from '../../../base/date-key.ts';
import { renderRetention } from '../../../sql/build/retention.ts';
import { renderLastSnapshotDay } from '../../../sql/build/merge/snapshot-days.ts';
import { execute, readNumber } from '../execute-sql.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';
import type { BuildContext } from './build-context.ts';

/** Removes what no day from `firstDay` on shows, and returns how many rows that were. Throws a TypeError like the rendering. */
export function trimCollection(context: BuildContext, entity: Entity, firstDay: DateKey): number {
  const cutoff = Math.min(firstDay, lastSnapshotDayBefore(context, entity) ?? firstDay);
  const { removeDays, removeRows } = renderRetention(SQLITE_BUILD_DIALECT, storageOf(entity), cutoff);
  if (removeDays) execute(context.database, removeDays);
  return execute(context.database, removeRows);
}

/** Of daily collections: however old, the last day before is what the run builds on, also when it is repeated. */
function lastSnapshotDayBefore(
  { database, parameters }: BuildContext,
  { name, lifetime }: Entity,
): DateKey | null {
  if (lifetime !== 'daily') return null;
  const query = renderLastSnapshotDay(SQLITE_BUILD_DIALECT, name, parameters.day);
  return readNumber(database, query);
}
