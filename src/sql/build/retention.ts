// Retention: removes what no day from the first kept one on shows.
import type { Storage } from '../../../schema/derive/storage.ts';
import { monthPartitionOf, type DateKey } from '../../base/date-key.ts';
import { identifier, sql, value, type Fragment } from '../fragment.ts';
import type { BuildDialect } from './build-dialect.ts';
import { PERIOD, TO_KEY } from './schema/interval-columns.ts';
import { renderRemoveDaysBefore } from './merge/snapshot-days.ts';

export interface Retention {
  readonly removeRows: Fragment;
  /** Of daily collections. */
  readonly removeDays: Fragment | null;
}

/**
 * An interval that began before `firstDay` and reaches beyond it stays whole: a state is shown with its true beginning.
 * Throws a TypeError for a collection that has no days.
 */
export function renderRetention(dialect: BuildDialect, storage: Storage, firstDay: DateKey): Retention {
  const { entity, roles } = storage;
  const table = dialect.table(storage.table);
  const first = value(firstDay);
  switch (entity.lifetime) {
    case 'current':
      throw new TypeError(`${entity.name} has no days.`);
    case 'event': {
      const day = identifier(roles.get('day') ?? '');
      return { removeRows: sql`DELETE FROM ${table} WHERE ${day} < ${first}`, removeDays: null };
    }
    case 'history':
      return { removeRows: sql`DELETE FROM ${table} WHERE ${TO_KEY} < ${first}`, removeDays: null };
    case 'daily': {
      const period = value(monthPartitionOf(firstDay));
      return {
        removeRows: sql`DELETE FROM ${table} WHERE ${PERIOD} < ${period} OR (${PERIOD} = ${period} AND ${TO_KEY} <= ${first})`,
        removeDays: renderRemoveDaysBefore(dialect, entity.name, firstDay),
      };
    }
  }
}
