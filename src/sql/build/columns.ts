// Lists and comparisons of columns, of which the statements of a build are made.
import { identifier, joinFragments, sql, type Fragment } from '../fragment.ts';
import type { BuildDialect } from './build-dialect.ts';

/** Truths are stored as 0 and 1. */
export const STORED_FALSE = sql`0`;
export const STORED_TRUE = sql`1`;

/** `t."name"` */
export function columnOf(alias: Fragment, name: string): Fragment {
  return sql`${alias}.${identifier(name)}`;
}

/** `"a", "b"`, or `t."a", t."b"` */
export function columnList(names: readonly string[], alias?: Fragment): Fragment {
  return commaList(names.map((name) => (alias ? columnOf(alias, name) : identifier(name))));
}

export function commaList(parts: readonly Fragment[]): Fragment {
  return joinFragments(parts, sql`, `);
}

/** True where all are, and where there are none. */
export function allOf(conditions: readonly Fragment[]): Fragment {
  return conditions.length === 0 ? sql`TRUE` : joinFragments(conditions, sql` AND `);
}

/** In brackets. False where there are none. */
export function anyOf(conditions: readonly Fragment[]): Fragment {
  return conditions.length === 0 ? sql`FALSE` : sql`(${joinFragments(conditions, sql` OR `)})`;
}

/** True where both rows are about the same instance; the columns are never null. */
export function columnsEqual(names: readonly string[], left: Fragment, right: Fragment): Fragment {
  return allOf(names.map((name) => sql`${columnOf(left, name)} = ${columnOf(right, name)}`));
}

/** True where the rows differ. Null against null is no difference. */
export function columnsDiffer(
  dialect: BuildDialect,
  names: readonly string[],
  left: Fragment,
  right: Fragment,
): Fragment {
  return anyOf(names.map((name) => dialect.isDistinct(columnOf(left, name), columnOf(right, name))));
}
