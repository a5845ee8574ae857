// The asOf condition as SQL: the row of an entity that was in force on a day.
import { storageOf } from '../../../schema/derive/storage.ts';
import type { PropertyRole } from '../../../schema/entity.ts';
import { canonicalMidnight } from '../../base/date-key.ts';
import type { Condition } from '../../plan/relational-algebra.ts';
import type { Dialect } from '../dialect.ts';
import { type Fragment, column, sql } from '../fragment.ts';

/** Of snapshot days the last one published up to then; of validity intervals the one that contains the day. */
export function renderAsOf(
  { row, entity, day }: Condition & { readonly kind: 'asOf' },
  dialect: Dialect,
): Fragment {
  const { roles } = storageOf(entity);
  const columnOfRole = (role: PropertyRole): Fragment => {
    const name = roles.get(role);
    if (name === undefined) throw new TypeError(`${entity.name} has no property with the role '${role}'.`);
    return column(row, name);
  };
  const key = dialect.literal(BigInt(day));
  if (entity.lifetime === 'daily') {
    const name = dialect.literal(entity.name);
    return sql`${columnOfRole('day')} = (SELECT max("dateKey") FROM ${dialect.relation('snapshotDays')} WHERE "collection" = ${name} AND "dateKey" <= ${key})`;
  }
  const midnight = dialect.literal(canonicalMidnight(day));
  return sql`(${columnOfRole('startDay')} <= ${key} AND ${columnOfRole('end')} > ${midnight})`;
}
