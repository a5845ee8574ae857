// Statements with a single result: a count, a row, a property, or whether a row exists.
import type { RowTemplate } from '../../format/odata/row-template.ts';
import type { ReadPlan } from '../../plan/read-plan.ts';
import type { Dialect } from '../dialect.ts';
import { type Fragment, column, joinFragments, sql, statement } from '../fragment.ts';
import { renderCondition, renderRows } from './render-condition.ts';
import { columnNamed, renderRow } from './render-row.ts';
import { deadlineCheck } from './deadline-check.ts';
import type { Statement } from '../statement.ts';

/** The number of matching rows on all pages: one INTEGER. */
export function renderCount({ from, row, where }: ReadPlan, dialect: Dialect): Statement {
  const rows = sql`SELECT count(*) FROM ${renderRows(from, row, dialect)}`;
  const lifetime = from.kind === 'collection' ? from.entity.lifetime : null;
  const isTable = lifetime === 'current' || lifetime === 'event';
  // SQLite counts a whole table without a look at its rows, so there is nothing to stop.
  if (!where && isTable) return finishStatement(rows, dialect);
  const filter = where ? [renderCondition(where, 'filter', dialect)] : [];
  return finishStatement(
    sql`${rows} WHERE ${joinFragments([deadlineCheck(from, row, dialect), ...filter], sql` AND `)}`,
    dialect,
  );
}

/** The one row as the bytes of a JSON object; no row where there is none. */
export function renderEntity(plan: ReadPlan, template: RowTemplate, dialect: Dialect): Statement {
  return selectOne(plan, dialect.bytes(renderRow(plan, template, dialect)), dialect);
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
  const { type, nullable } = columnNamed(plan.from, name);
  const own = column(plan.row, name);
  const text =
    plan.shape === 'value'
      ? dialect.rawValueText(own, type)
      : dialect.json(own, { type, nullable: false, int64AsText });
  const bytes = dialect.bytes(text);
  return selectOne(plan, nullable ? sql`CASE WHEN ${own} IS NOT NULL THEN ${bytes} END` : bytes, dialect);
}

/** 1 where a row matches; no row where none does. */
export function renderExists(plan: ReadPlan, dialect: Dialect): Statement {
  return selectOne(plan, sql`1`, dialect);
}

function selectOne({ from, row, where }: ReadPlan, selected: Fragment, dialect: Dialect): Statement {
  const filter = where ? sql` WHERE ${renderCondition(where, 'filter', dialect)}` : sql``;
  return finishStatement(
    sql`SELECT ${selected} FROM ${renderRows(from, row, dialect)}${filter} LIMIT 1`,
    dialect,
  );
}

function finishStatement(whole: Fragment, dialect: Dialect): Statement {
  return statement(whole, (position) => dialect.placeholder(position));
}
