// topcount, topsum, toppercent and their bottom counterparts: rows from one end of an order, until there are enough.
import type { Expression } from '../../odata/syntax/expression.ts';
import type { Transformation, GroupTerm, RankMethod } from '../../odata/syntax/parsed-request.ts';
import { shapeOf } from './apply-rows.ts';
import { bindScalar } from '../bind/bind-expression.ts';
import { asLiteral } from '../bind/literal-operand.ts';
import { totalOrder } from '../plan-order.ts';
import type { RowSource, Scalar } from '../relational-algebra.ts';
import { describeExpression, typeMismatch } from '../bind/bind-errors.ts';
import { MAIN_ROW, type Scope } from '../bind/scope.ts';
import { describeType, familyOf } from '../bind/type-family.ts';

type Ranking = Transformation & { readonly kind: RankMethod };

/** Rows with the same value are in key order. Throws `request.type-mismatch`. */
export function rankRows(of: RowSource, ranking: Ranking, scope: Scope): RowSource {
  return rankedRows(of, ranking, [], scope);
}

/**
 * The first or last rows of each group, whole: `groupby((deviceKey),topcount(1,dateKey))` is the latest row of each
 * device. Null for groups by anything but own columns, and for rankings that are not by count.
 */
export function rankWithinGroups(
  of: RowSource,
  by: readonly GroupTerm[],
  ranking: Transformation,
  scope: Scope,
): RowSource | null {
  const own = by.flatMap((term) => (term.kind === 'path' && term.segments.length === 1 ? [term] : []));
  const isCount = ranking.kind === 'topcount' || ranking.kind === 'bottomcount';
  if (!isCount || own.length < by.length) return null;
  const partitionBy = own.map(({ segments, at }) => bindScalar({ kind: 'path', segments, at }, scope));
  return rankedRows(of, ranking, partitionBy, scope);
}

function rankedRows(
  of: RowSource,
  { kind, amount, by }: Ranking,
  partitionBy: readonly Scalar[],
  scope: Scope,
): RowSource {
  const value = bindScalar(by, scope);
  const descending = kind === 'topcount' || kind === 'topsum' || kind === 'toppercent';
  const order = totalOrder([{ by: value, descending }], of, MAIN_ROW);
  const isCount = kind === 'topcount' || kind === 'bottomcount';
  const amountValue = rankAmount(amount, kind, isCount, scope);
  const rows = { of, row: MAIN_ROW, order, ...shapeOf(of) };
  if (isCount) return { kind: 'limited', ...rows, partitionBy, skip: 0, top: Number(amountValue) };
  if (familyOf(value.type) !== 'number') {
    throw typeMismatch(
      `${kind} adds up a number; ${describeExpression(by)} is ${describeType(value.type)}.`,
      by,
      scope,
    );
  }
  const until = kind === 'topsum' || kind === 'bottomsum' ? 'sum' : 'percent';
  return { kind: 'topUntilTotal', ...rows, value, until, amount: amountValue };
}

function rankAmount(amount: Expression, kind: RankMethod, isCount: boolean, scope: Scope): number | bigint {
  const literal = asLiteral(amount, scope);
  const isNumber = literal?.type === 'integer' || (literal?.type === 'decimal' && !isCount);
  if (isNumber && literal.value >= 0 && literal.value <= Number.MAX_SAFE_INTEGER) return literal.value;
  const expected = isCount ? 'a whole number from 0' : 'a number from 0';
  throw typeMismatch(
    `${kind} needs ${expected} first; here is ${describeExpression(amount)}.`,
    amount,
    scope,
  );
}
