// "As it stood on a day" as SQL: which of a thing's many rows that is.
import { storageOf } from '../../../schema/derive/storage.ts';
import type { PropertyRole } from '../../../schema/entity.ts';
import { canonicalMidnight } from '../../base/date-key.ts';
import type { Condition } from '../../plan/relational-algebra.ts';
import type { Dialect } from '../dialect.ts';
import { type Fragment, column, sql } from '../fragment.ts';

/** Of nights the last that was published by then; of states the one whose days hold the day. */
export function renderAsOf(
  { row, entity, day }: Condition & { readonly kind: 'asOf' },
  dialect: Dialect,
): Fragment {
  const { roles } = storageOf(entity);
  const columnOfRole = (role: PropertyRole): Fragment => {
    const name = roles.get(role);
    if (name === undefined) throw new TypeError(`${entity.name} does not say its ${role}.`);
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
