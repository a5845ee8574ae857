// Conditions, values and sources of rows as SQL. One file, because they contain each other.
import type { Entity } from '../../../schema/entity.ts';
import { assertNever } from '../../base/assert-never.ts';
import {
  type Condition,
  type RelatedAggregateMethod,
  type NavigationJoin,
  type RowId,
  type RowSource,
  type Scalar,
  isNullable,
} from '../../plan/relational-algebra.ts';
import { deadlineCheck } from './deadline-check.ts';
import type { Dialect } from '../dialect.ts';
import { type Fragment, column, columnName, joinFragments, rowAlias, sql } from '../fragment.ts';
import { prefixEnd } from './prefix-end.ts';
import { renderArithmetic } from './render-arithmetic.ts';
import { renderAsOf } from './render-as-of.ts';
import { renderTransformed } from './render-transformed.ts';
import type { SqlValue } from '../statement.ts';

/**
 * How exact the result must be. In a `filter` null is as good as false, so comparisons stay bare, as indexes need them;
 * `exact` is for conditions that are negated or compared, where null and false differ.
 */
export type ConditionContext = 'filter' | 'exact';

export function renderCondition(condition: Condition, place: ConditionContext, dialect: Dialect): Fragment {
  switch (condition.kind) {
    case 'all':
      return balanced(condition.of, sql` AND `, sql`TRUE`, place, dialect);
    case 'any':
      return balanced(condition.of, sql` OR `, sql`FALSE`, place, dialect);
    case 'not':
      return sql`(NOT ${renderCondition(condition.of, 'exact', dialect)})`;
    case 'compare':
      return renderComparison(condition, place, dialect);
    case 'oneOf': {
      const { operand, values } = condition;
      const found = dialect.oneOf(renderScalar(operand, dialect), values.map(boundValue), operand.type);
      return twoValued(found, isNullable(operand), place);
    }
    case 'textTest':
      return renderTextTest(condition, dialect);
    case 'exists':
    case 'forAll':
      return renderQuantifier(condition, dialect);
    case 'correlatedKey':
      return renderCorrelatedKey(condition, dialect);
    case 'inSubquery':
      return renderInSubquery(condition, dialect);
    case 'search': {
      const { row, index, words } = condition;
      const name = dialect.relation(index.name);
      if (index.key !== null) return dialect.search(column(row, index.key), name, index.columns, words);
      const texts = index.columns.map((each) => column(row, each));
      return dialect.searchTexts(texts, name, words);
    }
    case 'asOf':
      return renderAsOf(condition, dialect);
    case 'isTrue':
      return renderScalar(condition.of, dialect);
    case 'constant':
      return dialect.literal(condition.value);
    default:
      return assertNever(condition);
  }
}

export function renderScalar(scalar: Scalar, dialect: Dialect): Fragment {
  switch (scalar.kind) {
    case 'property':
      return column(scalar.row, scalar.property);
    case 'literal':
      return dialect.literal(scalar.value);
    case 'call': {
      const operands = scalar.arguments.map((argument) => renderScalar(argument, dialect));
      return dialect.functions[scalar.name](operands, scalar.type);
    }
    case 'arithmetic':
    case 'negate':
      return renderArithmetic(scalar, (operand) => renderScalar(operand, dialect), dialect);
    case 'case': {
      const branches = scalar.branches.map(
        ({ when, then }) =>
          sql`WHEN ${renderCondition(when, 'filter', dialect)} THEN ${renderScalar(then, dialect)}`,
      );
      return sql`(CASE ${joinFragments(branches, sql` `)} END)`;
    }
    case 'cast':
      return dialect.cast(renderScalar(scalar.of, dialect), scalar.of.type, scalar.type);
    case 'navigate':
      return sql`(SELECT ${renderScalar(scalar.of, dialect)} ${renderJoin(scalar.join, [], dialect)})`;
    case 'countRelated': {
      const where = scalar.where ? [renderCondition(scalar.where, 'filter', dialect)] : [];
      return sql`(SELECT count(*) ${renderJoin(scalar.join, where, dialect)})`;
    }
    case 'aggregateRelated':
      return sql`(SELECT ${AGGREGATE_FUNCTIONS[scalar.method]}(${renderScalar(scalar.of, dialect)}) ${renderJoin(scalar.join, [], dialect)})`;
    case 'condition':
      return sql`(${renderCondition(scalar.condition, 'exact', dialect)})`;
    default:
      return assertNever(scalar);
  }
}

const AGGREGATE_FUNCTIONS: Readonly<Record<RelatedAggregateMethod, Fragment>> = {
  sum: sql`sum`,
  min: sql`min`,
  max: sql`max`,
  count: sql`count`,
};

/** `"devices" AS "r0"`: the source under the alias of its row. */
export function renderRows(source: RowSource, row: RowId, dialect: Dialect): Fragment {
  switch (source.kind) {
    case 'collection':
      return sql`${dialect.relation(source.entity.name)} AS ${rowAlias(row)}`;
    case 'computed': {
      const added = [...source.added].map(
        ([name, scalar]) => sql`${renderScalar(scalar, dialect)} AS ${columnName(name)}`,
      );
      const columns = joinFragments([sql`${rowAlias(source.row)}.*`, ...added], sql`, `);
      const rows = renderRows(source.of, source.row, dialect);
      return sql`(SELECT ${columns} FROM ${rows}) AS ${rowAlias(row)}`;
    }
    case 'filtered':
    case 'grouped':
    case 'limited':
    case 'topUntilTotal':
    case 'unionAll': {
      const transformed = renderTransformed(source, {
        rows: (of, name) => renderRows(of, name, dialect),
        condition: (condition) => renderCondition(condition, 'filter', dialect),
        scalar: (scalar) => renderScalar(scalar, dialect),
        dialect,
      });
      return sql`(${transformed}) AS ${rowAlias(row)}`;
    }
    default:
      return assertNever(source);
  }
}

type Of<Kind extends Condition['kind']> = Condition & { readonly kind: Kind };

/** The operator between two values; `eq` and `ne` depend on which of them may be null. */
export function comparisonOperator(operator: Exclude<Of<'compare'>['operator'], 'eq' | 'ne'>): Fragment {
  switch (operator) {
    case 'lt':
      return sql`<`;
    case 'le':
      return sql`<=`;
    case 'gt':
      return sql`>`;
    case 'ge':
      return sql`>=`;
    default:
      return assertNever(operator);
  }
}

function renderComparison(
  { operator, left, right }: Of<'compare'>,
  place: ConditionContext,
  dialect: Dialect,
): Fragment {
  const a = renderScalar(left, dialect);
  const b = renderScalar(right, dialect);
  const either = isNullable(left) || isNullable(right);
  if (operator === 'ne') return either ? dialect.isDistinct(a, b) : sql`${a} <> ${b}`;
  if (operator === 'eq') {
    const both = isNullable(left) && isNullable(right);
    return both ? dialect.isNotDistinct(a, b) : twoValued(sql`${a} = ${b}`, either, place);
  }
  return twoValued(sql`${a} ${comparisonOperator(operator)} ${b}`, either, place);
}

function twoValued(condition: Fragment, nullable: boolean, place: ConditionContext): Fragment {
  return nullable && place === 'exact' ? sql`((${condition}) IS TRUE)` : condition;
}

function renderTextTest({ test, text, part }: Of<'textTest'>, dialect: Dialect): Fragment {
  const a = renderScalar(text, dialect);
  const b = renderScalar(part, dialect);
  switch (test) {
    case 'contains':
      return dialect.contains(a, b);
    case 'endswith':
      return dialect.endsWith(a, b);
    case 'matchespattern':
      return dialect.matchesPattern(a, b);
    case 'startswith': {
      const end = part.kind === 'literal' && typeof part.value === 'string' ? prefixEnd(part.value) : null;
      // A prefix is a range of texts, which an index can serve.
      return end === null ? dialect.startsWith(a, b) : sql`(${a} >= ${b} AND ${a} < ${dialect.literal(end)})`;
    }
    default:
      return assertNever(test);
  }
}

// `any` and `all` are never null: an unknown condition on a row counts as false.
function renderQuantifier({ kind, join, where }: Of<'exists' | 'forAll'>, dialect: Dialect): Fragment {
  if (kind === 'exists') {
    const conditions = where ? [renderCondition(where, 'filter', dialect)] : [];
    return sql`EXISTS (SELECT 1 ${renderJoin(join, conditions, dialect)})`;
  }
  if (!where) return sql`TRUE`;
  const failed = sql`(${renderCondition(where, 'exact', dialect)}) IS NOT TRUE`;
  return sql`NOT EXISTS (SELECT 1 ${renderJoin(join, [failed], dialect)})`;
}

/**
 * `FROM … WHERE …`: the rows of a navigation that meet the conditions. `rowsNeeded` is `first` where the statement goes on
 * with ORDER BY and LIMIT.
 */
export function renderJoin(
  { row, source, start, on, many }: NavigationJoin,
  conditions: readonly Fragment[],
  dialect: Dialect,
  rowsNeeded: 'all' | 'first' = 'all',
): Fragment {
  const pairs = Object.entries(on).map(([theirs, own]) => {
    const pair = sql`${column(row, theirs)} = ${column(start, own)}`;
    const isScannedInOrder =
      rowsNeeded === 'first' && source.kind === 'collection' && isDailyNonKeyColumn(source.entity, theirs);
    return isScannedInOrder ? dialect.likely(pair) : pair;
  });
  // A single row is found by an index, and the statement around it checks the deadline.
  const deadlineChecks = many ? [deadlineCheck(source, row, dialect)] : [];
  const rows = renderRows(source, row, dialect);
  return sql`FROM ${rows} WHERE ${joinFragments([...deadlineChecks, ...pairs, ...conditions], sql` AND `)}`;
}

// IS TRUE, because IN is null where the own column is.
function renderInSubquery({ join, where }: Of<'inSubquery'>, dialect: Dialect): Fragment {
  const { row, source, start, on } = join;
  const own = Object.values(on).map((name) => column(start, name));
  const theirs = Object.keys(on).map((name) => column(row, name));
  const conditions = joinFragments(
    [deadlineCheck(source, row, dialect), renderCondition(where, 'filter', dialect)],
    sql` AND `,
  );
  const found = sql`SELECT ${joinFragments(theirs, sql`, `)} FROM ${renderRows(source, row, dialect)} WHERE ${conditions}`;
  return sql`((${joinFragments(own, sql`, `)}) IN (${found}) IS TRUE)`;
}

function renderCorrelatedKey(
  { row, entity, source, sourceRow, on, where }: Of<'correlatedKey'>,
  dialect: Dialect,
): Fragment {
  const rows = renderRows(source, sourceRow, dialect);
  const there = sql`FROM ${rows} WHERE ${renderCondition(where, 'filter', dialect)}`;
  const pairs = Object.entries(on).map(([own, theirs]) => {
    const pair = sql`${column(row, own)} = (SELECT ${column(sourceRow, theirs)} ${there})`;
    return isDailyNonKeyColumn(entity, own) ? dialect.likely(pair) : pair;
  });
  return sql`(${joinFragments(pairs, sql` AND `)})`;
}

// No index finds such a value among the days, so the days are read in order. With a sort for each chunk 50,000 rows took
// 9 s instead of 0.3 (1.2 million device-days, 2026-11).
function isDailyNonKeyColumn({ lifetime, key }: Entity, column: string): boolean {
  return lifetime === 'daily' && !key.includes(column);
}

// SQLite limits the depth of expressions to 1000: a balanced tree keeps long chains shallow.
function balanced(
  conditions: readonly Condition[],
  word: Fragment,
  empty: Fragment,
  place: ConditionContext,
  dialect: Dialect,
): Fragment {
  const [first] = conditions;
  if (!first) return empty;
  if (conditions.length === 1) return renderCondition(first, place, dialect);
  const half = conditions.length >> 1;
  const left = balanced(conditions.slice(0, half), word, empty, place, dialect);
  const right = balanced(conditions.slice(half), word, empty, place, dialect);
  return sql`(${left}${word}${right})`;
}

function boundValue(scalar: Scalar): SqlValue {
  if (scalar.kind !== 'literal' || scalar.value === null)
    throw new TypeError('Membership needs literals that are not null.');
  return typeof scalar.value === 'boolean' ? BigInt(scalar.value) : scalar.value;
}
