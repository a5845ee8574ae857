// Letting go of days that are no longer kept: those that remain read as before, and so will those to come.
import { quoted } from '../../../schema/derive/ddl.ts';
import { storageOf } from '../../../schema/derive/storage.ts';
import type { Entity } from '../../../schema/words.ts';
import { periodOf, type DateKey } from '../../base/date-key.ts';
import type { Night } from './merge/night.ts';

/**
 * Removes what no day from `first` on shows. A span that began before and lasts until then stays whole: no day says when
 * it began, and a state is told with its true beginning. Returns the rows that went.
 */
export function trimCollection(night: Night, entity: Entity, first: DateKey): number {
  const { table, roles } = storageOf(entity);
  const remove = (from: string, where: string, kept = first): number =>
    night.database
      .prepare(`DELETE FROM ${quoted(from)} WHERE ${where}`)
      .run({ first: kept, period: periodOf(kept), collection: entity.name }).changes;
  switch (entity.lifetime) {
    case 'current':
      throw new TypeError(`${entity.name} has no days.`);
    case 'event':
      return remove(table, `${quoted(roles.get('day') ?? '')} < @first`);
    case 'history':
      return remove(table, 'toKey < @first');
    case 'daily': {
      const kept = Math.min(first, dayBefore(night, entity) ?? first);
      remove('snapshotDays', 'collection = @collection AND dateKey < @first', kept);
      return remove(table, 'period < @period OR (period = @period AND toKey <= @first)', kept);
    }
  }
}

/** However old it is, what was told last is what the night goes on from, also when it is run again. */
function dayBefore({ database, parameters }: Night, { name }: Entity): DateKey | null {
  return (
    database
      .prepare<[string, DateKey], DateKey | null>(
        'SELECT max(dateKey) FROM snapshotDays WHERE collection = ? AND dateKey < ?',
      )
      .pluck()
      .get(name, parameters.day) ?? null
  );
}
