// Retention for one collection: drops the days before a given one. The remaining days read as before.
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import { storageOf } from '../../../../schema/derive/storage.ts';
import type { Entity } from '../../../../schema/entity.ts';
import { monthPartitionOf, type DateKey } from '../../../base/date-key.ts';
import type { BuildContext } from './build-context.ts';

/**
 * Removes the rows that no day from `firstDay` on shows. A validity interval that reaches `firstDay` stays whole, so that
 * a state keeps its true start. Returns the number of rows removed.
 */
export function trimCollection(context: BuildContext, entity: Entity, firstDay: DateKey): number {
  const { table, roles } = storageOf(entity);
  const remove = (from: string, where: string, cutoff = firstDay): number =>
    context.database
      .prepare(`DELETE FROM ${quoteIdentifier(from)} WHERE ${where}`)
      .run({ first: cutoff, period: monthPartitionOf(cutoff), collection: entity.name }).changes;
  switch (entity.lifetime) {
    case 'current':
      throw new TypeError(`${entity.name} has no days.`);
    case 'event':
      return remove(table, `${quoteIdentifier(roles.get('day') ?? '')} < @first`);
    case 'history':
      return remove(table, 'toKey < @first');
    case 'daily': {
      const cutoff = Math.min(firstDay, lastSnapshotDayBefore(context, entity) ?? firstDay);
      remove('snapshotDays', 'collection = @collection AND dateKey < @first', cutoff);
      return remove(table, 'period < @period OR (period = @period AND toKey <= @first)', cutoff);
    }
  }
}

/** The run continues from that day, however old it is, also when it is repeated. */
function lastSnapshotDayBefore({ database, parameters }: BuildContext, { name }: Entity): DateKey | null {
  return (
    database
      .prepare<[string, DateKey], DateKey | null>(
        'SELECT max(dateKey) FROM snapshotDays WHERE collection = ? AND dateKey < ?',
      )
      .pluck()
      .get(name, parameters.day) ?? null
  );
}
