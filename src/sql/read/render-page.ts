// A page of a collection, read in chunks that continue after one another.
import { assertNever } from '../../base/assert-never.ts';
import type { RowTemplate } from '../../format/odata/row-template.ts';
import type { ReadPlan } from '../../plan/read-plan.ts';
import { type Condition, type Order, type RowSource, isNullable } from '../../plan/relational-algebra.ts';
import type { Dialect } from '../dialect.ts';
import {
  type Fragment,
  pageParameter,
  pageStatement,
  column,
  columnName,
  joinFragments,
  rowAlias,
  sql,
  integerConstant,
} from '../fragment.ts';
import {
  literalBound,
  conjunctsOf,
  isKeyOrder,
  mayRunLong,
  fixedProperties,
  startsInKeyOrder,
} from './key-order.ts';
import { comparisonOperator, renderCondition, renderRows, renderScalar } from './render-condition.ts';
import { renderRow, rowColumns, rowWeight } from './render-row.ts';
import { deadlineCheck } from './deadline-check.ts';
import type { PageStatements } from '../statement.ts';

// The weight of a row from which on a chunk of many thousand rows would take too much memory.
const HEAVY_ROW = 20;

/** Renders a plan of shape `page`. */
export function renderPage(plan: ReadPlan, template: RowTemplate, dialect: Dialect): PageStatements {
  const terms = chunkTerms(plan, dialect);
  const page = (chunk: Fragment) =>
    pageStatement(
      dialect.page({
        row: renderRow(plan, template, dialect),
        order: terms.map(({ name, order: { by } }) => ({ column: name, type: by.type })),
        chunk: sql`(${chunk}) AS ${rowAlias(plan.row)}`,
      }),
      (position) => dialect.placeholder(position),
    );
  const rows: ChunkRows = {
    plan,
    columns: chunkColumns(plan, template, terms),
    extraConditions: [],
    dialect,
  };
  const next = page(orderedChunk(rowsAfterCursor(rows, terms), terms, 0));
  return {
    first: plan.after ? next : page(orderedChunk(rowsFromStart(rows), terms, plan.skip)),
    next,
    orderValues: terms.length,
    sortsEveryChunk: !isKeyOrder(plan),
    regroupsEveryChunk: hasGroups(plan.from),
    hasLargeRows: expandsCollections(plan) || rowWeight(plan) > HEAVY_ROW,
  };
}

function hasGroups(source: RowSource): boolean {
  if (source.kind === 'collection') return false;
  if (source.kind === 'unionAll') return source.of.some(hasGroups);
  return source.kind === 'grouped' || hasGroups(source.of);
}

function expandsCollections({ expands }: Pick<ReadPlan, 'expands'>): boolean {
  return expands.some(({ join, rows }) => join.many || expandsCollections(rows));
}

/** The rows of a chunk. */
export interface ChunkRows {
  readonly plan: ReadPlan;
  /** Of the chunk. */
  readonly columns: Fragment;
  /** Conditions besides those of the plan. */
  readonly extraConditions: readonly Fragment[];
  readonly dialect: Dialect;
}

/** One term of the order, as a column of the chunk. */
export interface ChunkTerm {
  readonly order: Order;
  readonly index: number;
  /** The column's name in the chunk. */
  readonly name: Fragment;
  /** The value, for comparisons inside the chunk. */
  readonly value: Fragment;
}

export function chunkTerms({ order }: ReadPlan, dialect: Dialect): readonly ChunkTerm[] {
  return order.map((term, index) => chunkTerm(term, index, dialect));
}

function chunkTerm(order: Order, index: number, dialect: Dialect): ChunkTerm {
  const { by } = order;
  const name = columnName(by.kind === 'property' ? by.property : `#order${index}`);
  return { order, index, name, value: renderScalar(by, dialect) };
}

function chunkColumns(plan: ReadPlan, template: RowTemplate, terms: readonly ChunkTerm[]): Fragment {
  const inOrder = terms.flatMap(({ order: { by } }) => (by.kind === 'property' ? [by.property] : []));
  const names = new Set([...rowColumns(plan, template), ...inOrder]);
  const computed = terms.filter(({ order: { by } }) => by.kind !== 'property');
  return joinFragments(
    [
      ...[...names].map((name) => column(plan.row, name)),
      ...computed.map(({ name, value }) => sql`${value} AS ${name}`),
    ],
    sql`, `,
  );
}

export function orderedChunk(rows: Fragment, terms: readonly ChunkTerm[], skip: number): Fragment {
  const order = terms.map(({ name, order: { descending } }) => (descending ? sql`${name} DESC` : name));
  // A source without a key has a single row.
  const inOrder = order.length === 0 ? rows : sql`${rows} ORDER BY ${joinFragments(order, sql`, `)}`;
  const limited = sql`${inOrder} LIMIT ${pageParameter({ parameter: 'rows' })}`;
  return skip === 0 ? limited : sql`${limited} OFFSET ${integerConstant(skip)}`;
}

/** The rows from the first one on. */
export function rowsFromStart(rows: ChunkRows): Fragment {
  return selectRows(rows, filterOf(rows));
}

function filterOf({ plan, dialect }: ChunkRows): readonly Fragment[] {
  return conjunctsOf(plan.where).map((each) => renderCondition(each, 'filter', dialect));
}

/**
 * The rows after the cursor: for each term of the order, those that are equal in the terms before it and later in this
 * one. Where the order begins like the key, each of these ranges is a SELECT of its own, because the key's B-tree can seek
 * each range, but would scan for a single OR. Where everything is sorted anyway, a single condition reads the rows once.
 */
export function rowsAfterCursor(rows: ChunkRows, terms: readonly ChunkTerm[]): Fragment {
  const { plan, dialect } = rows;
  const fixed = fixedProperties(plan.where);
  const free = terms.filter(({ order: { by } }) => by.kind !== 'property' || !fixed.has(by.property));
  if (free.length === 0) return selectRows(rows, [sql`FALSE`]);
  const ranges = free.map((term, position): KeysetRange => {
    const before = free.slice(0, position).map((each) => equalsCursor(each, dialect));
    return { term, conditions: [...before, afterCursor(term)] };
  });
  if (!startsInKeyOrder(plan)) {
    const anyRange = ranges.map(({ conditions }) => sql`(${joinFragments(conditions, sql` AND `)})`);
    return selectRows(rows, [sql`(${joinFragments(anyRange, sql` OR `)})`, ...filterOf(rows)]);
  }
  const branches = ranges.map(({ term, conditions }) => {
    const filter = conjunctsOf(plan.where).map((each) => renderInRange(each, term, dialect));
    return selectRows(rows, [...conditions, ...filter]);
  });
  // The range with the most equal terms comes first in the order.
  return joinFragments(branches.toReversed(), sql` UNION ALL `);
}

interface KeysetRange {
  readonly term: ChunkTerm;
  readonly conditions: readonly Fragment[];
}

function selectRows(
  { plan, columns, extraConditions, dialect }: ChunkRows,
  conditions: readonly Fragment[],
): Fragment {
  const deadlineChecks =
    extraConditions.length > 0 || mayRunLong(plan) ? [deadlineCheck(plan.from, plan.row, dialect)] : [];
  const all = [...deadlineChecks, ...conditions, ...extraConditions];
  const rows = sql`SELECT ${columns} FROM ${renderRows(plan.from, plan.row, dialect)}`;
  return all.length === 0 ? rows : sql`${rows} WHERE ${joinFragments(all, sql` AND `)}`;
}

function equalsCursor({ order: { by }, index, value }: ChunkTerm, dialect: Dialect): Fragment {
  const last = pageParameter({ parameter: 'after', index });
  return isNullable(by) ? dialect.isNotDistinct(value, last) : sql`${value} = ${last}`;
}

// Null sorts before every value.
function afterCursor({ order: { by, descending }, index, value }: ChunkTerm): Fragment {
  const last = pageParameter({ parameter: 'after', index });
  const comparison = descending ? sql`${value} < ${last}` : sql`${value} > ${last}`;
  if (!isNullable(by)) return comparison;
  return descending
    ? sql`(${comparison} OR (${value} IS NULL AND ${last} IS NOT NULL))`
    : sql`(${comparison} OR (${value} IS NOT NULL AND ${last} IS NULL))`;
}

/** A filter condition beside a range: a bound on the same side as the cursor must not be the one that the index uses. */
function renderInRange(condition: Condition, { order }: ChunkTerm, dialect: Dialect): Fragment {
  const bound = literalBound(condition);
  if (!bound || order.by.kind !== 'property' || bound.property !== order.by.property) {
    return renderCondition(condition, 'filter', dialect);
  }
  const { operator, left, right } = bound.comparison;
  switch (operator) {
    case 'eq':
    case 'ne':
      return renderCondition(condition, 'filter', dialect);
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le': {
      const opensRange = order.descending === (operator === 'lt' || operator === 'le');
      const own = renderScalar(left, dialect);
      const placed = opensRange ? dialect.unindexed(own) : own;
      return sql`${placed} ${comparisonOperator(operator)} ${renderScalar(right, dialect)}`;
    }
    default:
      return assertNever(operator);
  }
}
