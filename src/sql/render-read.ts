// Reads that yield one value: a count, a row, a property, or whether there is a row.
import type { RowTemplate } from '../format/row-template.ts';
import type { ReadPlan } from '../plan/read-plan.ts';
import type { Dialect } from './dialect.ts';
import { type Fragment, column, identifier, join, sql, statement } from './fragment.ts';
import { renderCondition } from './render-condition.ts';
import { propertyOf, renderRow } from './render-row.ts';
import { deadline, renderWhere } from './render-where.ts';
import type { Statement } from './statement.ts';

/** How many rows match, whatever the page: one INTEGER. */
export function renderCount({ entity, where }: ReadPlan, dialect: Dialect): Statement {
  const rows = sql`SELECT count(*) FROM ${identifier(entity.name)}`;
  const isTable = entity.lifetime === 'current' || entity.lifetime === 'event';
  // A whole table is counted without looking at its rows.
  if (!where && isTable) return finished(rows, dialect);
  const filter = where ? [renderCondition(where, 'filter', dialect)] : [];
  return finished(sql`${rows} WHERE ${join([deadline(entity, dialect), ...filter], sql` AND `)}`, dialect);
}

/** The one row as the bytes of a JSON object; no row where there is none. */
export function renderEntity(plan: ReadPlan, template: RowTemplate, dialect: Dialect): Statement {
  return one(plan, dialect.bytes(renderRow(plan.entity, template, dialect)), dialect);
}

/**
 * The one property as bytes, as JSON for shape `property` and as bare text for `value`. NULL where it is null and no row
 * where there is none: renderExists tells which.
 */
export function renderValue(
  plan: ReadPlan,
  { int64AsText }: Pick<RowTemplate, 'int64AsText'>,
  dialect: Dialect,
): Statement {
  const [name] = plan.columns;
  if (name === undefined || plan.columns.length > 1) throw new TypeError('A value is one column.');
  const { type, nullable } = propertyOf(plan.entity, name);
  const own = column(plan.entity, name);
  const text =
    plan.shape === 'value'
      ? dialect.bareText(own, type)
      : dialect.json(own, { type, nullable: false, int64AsText });
  const bytes = dialect.bytes(text);
  return one(plan, nullable ? sql`CASE WHEN ${own} IS NOT NULL THEN ${bytes} END` : bytes, dialect);
}

/** 1 where a row matches; no row where none does. */
export function renderExists(plan: ReadPlan, dialect: Dialect): Statement {
  return one(plan, sql`1`, dialect);
}

function one({ entity, where }: ReadPlan, what: Fragment, dialect: Dialect): Statement {
  const rows = sql`SELECT ${what} FROM ${identifier(entity.name)}`;
  return finished(sql`${rows}${renderWhere(where, dialect)} LIMIT 1`, dialect);
}

function finished(whole: Fragment, dialect: Dialect): Statement {
  return statement(whole, (position) => dialect.placeholder(position));
}
