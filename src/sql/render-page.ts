// A page of a collection, read in chunks that each begin where the last one ended.
import { assertNever } from '../base/assert-never.ts';
import type { RowTemplate } from '../format/row-template.ts';
import type { Condition, Order, ReadPlan, RowSource } from '../plan/read-plan.ts';
import type { Dialect } from './dialect.ts';
import {
  type Fragment,
  blank,
  blankStatement,
  column,
  columnName,
  join,
  rowName,
  sql,
  wholeConstant,
} from './fragment.ts';
import { boundOn, conjunctsOf, isKeyOrder, mayRunLong, pinnedProperties, startsAsKey } from './key-range.ts';
import { comparisonSign, renderCondition, renderRows, renderScalar } from './render-condition.ts';
import { renderRow, rowColumns, weightOf } from './render-row.ts';
import { deadline } from './deadline.ts';
import type { PageStatements } from './statement.ts';

// Rows that one row stands for, from which on a chunk of many thousands is more than memory should hold.
const HEAVY_ROW = 20;

/** Renders a plan of shape `page`. */
export function renderPage(plan: ReadPlan, template: RowTemplate, dialect: Dialect): PageStatements {
  const terms = chunkTerms(plan, dialect);
  const page = (chunk: Fragment) =>
    blankStatement(
      dialect.page({
        row: renderRow(plan, template, dialect),
        order: terms.map(({ name, order: { by } }) => ({ column: name, type: by.type })),
        chunk: sql`(${chunk}) AS ${rowName(plan.row)}`,
      }),
      (position) => dialect.placeholder(position),
    );
  const rows: ChunkRows = { plan, columns: chunkColumns(plan, template, terms), beside: [], dialect };
  const next = page(ordered(continued(rows, terms), terms, 0));
  return {
    first: plan.after ? next : page(ordered(opening(rows), terms, plan.skip)),
    next,
    orderValues: terms.length,
    sorts: !isKeyOrder(plan),
    regroups: hasGroups(plan.from),
    nests: holdsMany(plan) || weightOf(plan) > HEAVY_ROW,
  };
}

function hasGroups(source: RowSource): boolean {
  if (source.kind === 'collection') return false;
  if (source.kind === 'united') return source.of.some(hasGroups);
  return source.kind === 'grouped' || hasGroups(source.of);
}

function holdsMany({ expands }: Pick<ReadPlan, 'expands'>): boolean {
  return expands.some(({ way, rows }) => way.many || holdsMany(rows));
}

/** Rows to read a chunk of. */
export interface ChunkRows {
  readonly plan: ReadPlan;
  /** Of the chunk. */
  readonly columns: Fragment;
  /** What holds of the rows besides the plan's own conditions. */
  readonly beside: readonly Fragment[];
  readonly dialect: Dialect;
}

/** One term of the order, as a column of the chunk. */
export interface Term {
  readonly order: Order;
  readonly index: number;
  /** The column's name in the chunk. */
  readonly name: Fragment;
  /** The value, where it can be compared. */
  readonly value: Fragment;
}

export function chunkTerms({ order }: ReadPlan, dialect: Dialect): readonly Term[] {
  return order.map((term, index) => chunkTerm(term, index, dialect));
}

function chunkTerm(order: Order, index: number, dialect: Dialect): Term {
  const { by } = order;
  const name = columnName(by.kind === 'property' ? by.property : `#order${index}`);
  return { order, index, name, value: renderScalar(by, dialect) };
}

function chunkColumns(plan: ReadPlan, template: RowTemplate, terms: readonly Term[]): Fragment {
  const inOrder = terms.flatMap(({ order: { by } }) => (by.kind === 'property' ? [by.property] : []));
  const names = new Set([...rowColumns(plan, template), ...inOrder]);
  const computed = terms.filter(({ order: { by } }) => by.kind !== 'property');
  return join(
    [
      ...[...names].map((name) => column(plan.row, name)),
      ...computed.map(({ name, value }) => sql`${value} AS ${name}`),
    ],
    sql`, `,
  );
}

export function ordered(rows: Fragment, terms: readonly Term[], skip: number): Fragment {
  const order = terms.map(({ name, order: { descending } }) => (descending ? sql`${name} DESC` : name));
  // Rows without a key are a single row.
  const inOrder = order.length === 0 ? rows : sql`${rows} ORDER BY ${join(order, sql`, `)}`;
  const limited = sql`${inOrder} LIMIT ${blank({ blank: 'rows' })}`;
  return skip === 0 ? limited : sql`${limited} OFFSET ${wholeConstant(skip)}`;
}

/** The rows from the first on. */
export function opening(rows: ChunkRows): Fragment {
  return selection(rows, filterOf(rows));
}

function filterOf({ plan, dialect }: ChunkRows): readonly Fragment[] {
  return conjunctsOf(plan.where).map((each) => renderCondition(each, 'filter', dialect));
}

/**
 * The rows after a row: for each term of the order those that first differ from it in that term, on the far side. Where
 * the order begins as the key does, these are branches, each a range that the key's tree can seek; a single condition on
 * all terms would be read from its first value on. Where everything is sorted anyway, one condition is one reading.
 */
export function continued(rows: ChunkRows, terms: readonly Term[]): Fragment {
  const { plan, dialect } = rows;
  const pinned = pinnedProperties(plan.where);
  const free = terms.filter(({ order: { by } }) => by.kind !== 'property' || !pinned.has(by.property));
  if (free.length === 0) return selection(rows, [sql`FALSE`]);
  const ranges = free.map((term, position): Range => {
    const before = free.slice(0, position).map((each) => level(each, dialect));
    return { term, conditions: [...before, beyond(term)] };
  });
  if (!startsAsKey(plan)) {
    const anyRange = ranges.map(({ conditions }) => sql`(${join(conditions, sql` AND `)})`);
    return selection(rows, [sql`(${join(anyRange, sql` OR `)})`, ...filterOf(rows)]);
  }
  const branches = ranges.map(({ term, conditions }) => {
    const filter = conjunctsOf(plan.where).map((each) => renderBeside(each, term, dialect));
    return selection(rows, [...conditions, ...filter]);
  });
  // The longest common beginning comes first in the order.
  return join(branches.toReversed(), sql` UNION ALL `);
}

interface Range {
  readonly term: Term;
  readonly conditions: readonly Fragment[];
}

function selection({ plan, columns, beside, dialect }: ChunkRows, conditions: readonly Fragment[]): Fragment {
  const asked = beside.length > 0 || mayRunLong(plan) ? [deadline(plan.from, plan.row, dialect)] : [];
  const all = [...asked, ...conditions, ...beside];
  const rows = sql`SELECT ${columns} FROM ${renderRows(plan.from, plan.row, dialect)}`;
  return all.length === 0 ? rows : sql`${rows} WHERE ${join(all, sql` AND `)}`;
}

function level({ order: { by }, index, value }: Term, dialect: Dialect): Fragment {
  const last = blank({ blank: 'after', index });
  return isNullable(by) ? dialect.same(value, last) : sql`${value} = ${last}`;
}

// Null comes before every value.
function beyond({ order: { by, descending }, index, value }: Term): Fragment {
  const last = blank({ blank: 'after', index });
  const further = descending ? sql`${value} < ${last}` : sql`${value} > ${last}`;
  if (!isNullable(by)) return further;
  return descending
    ? sql`(${further} OR (${value} IS NULL AND ${last} IS NOT NULL))`
    : sql`(${further} OR (${value} IS NOT NULL AND ${last} IS NULL))`;
}

/** A condition of the filter beside the range of a branch: a bound on the near side must not be what opens the index. */
function renderBeside(condition: Condition, { order }: Term, dialect: Dialect): Fragment {
  const bound = boundOn(condition);
  if (!bound || order.by.kind !== 'property' || bound.property !== order.by.property) {
    return renderCondition(condition, 'filter', dialect);
  }
  const { operator, left, right } = bound.it;
  switch (operator) {
    case 'eq':
    case 'ne':
      return renderCondition(condition, 'filter', dialect);
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le': {
      const isNear = order.descending === (operator === 'lt' || operator === 'le');
      const own = renderScalar(left, dialect);
      const placed = isNear ? dialect.unindexed(own) : own;
      return sql`${placed} ${comparisonSign(operator)} ${renderScalar(right, dialect)}`;
    }
    default:
      return assertNever(operator);
  }
}

function isNullable(by: Order['by']): boolean {
  return by.kind === 'literal' || by.nullable;
}
