// The WHERE of reads that are no page.
import type { Entity } from '../../schema/words.ts';
import type { Condition } from '../plan/read-plan.ts';
import type { Dialect } from './dialect.ts';
import { type Fragment, column, sql } from './fragment.ts';
import { renderCondition } from './render-condition.ts';

/** ` WHERE …`, or nothing. */
export function renderWhere(where: Condition | null, dialect: Dialect): Fragment {
  return where ? sql` WHERE ${renderCondition(where, 'filter', dialect)}` : sql``;
}

/**
 * Asks about the deadline once a row. It takes a column of the innermost relation, and the day of a daily collection is
 * not one: there it comes from the list of days.
 */
export function deadline(entity: Entity, dialect: Dialect): Fragment {
  const isInner = (name: string): boolean => entity.properties[name]?.role !== 'day';
  const inner = entity.key.find(isInner) ?? Object.keys(entity.properties).find(isInner) ?? entity.key[0];
  if (inner === undefined) throw new TypeError(`${entity.name} has no key.`);
  return dialect.withinDeadline(column(entity, inner));
}
