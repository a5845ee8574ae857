// topcount and its kin: rows from one end of an order, until there are enough.
import type { Expression } from '../odata/expression.ts';
import type { ApplyStep, GroupTerm, RankMethod } from '../odata/wanted.ts';
import { shapeOf } from './apply-rows.ts';
import { bindScalar } from './bind-expression.ts';
import { literalIn } from './literal-operand.ts';
import { totalOrder } from './plan-order.ts';
import type { RowSource, Scalar } from './read-plan.ts';
import { inWords, mismatch } from './refusals.ts';
import { MAIN_ROW, type Scope } from './scope.ts';
import { articled, familyOf } from './type-words.ts';

type Ranking = ApplyStep & { readonly kind: RankMethod };

/** Of rows with the same value those come first that do so in the order of the key. Throws `request.type-mismatch`. */
export function rankRows(of: RowSource, ranking: Ranking, scope: Scope): RowSource {
  return ranked(of, ranking, [], scope);
}

/**
 * The first or last rows of each group, whole: `groupby((deviceKey),topcount(1,dateKey))` is what is known last of each
 * device. Null where the groups are made of more than columns of the rows, or their rows not counted.
 */
export function rankWithin(
  of: RowSource,
  by: readonly GroupTerm[],
  ranking: ApplyStep,
  scope: Scope,
): RowSource | null {
  const own = by.flatMap((term) => (term.kind === 'path' && term.segments.length === 1 ? [term] : []));
  const counts = ranking.kind === 'topcount' || ranking.kind === 'bottomcount';
  if (!counts || own.length < by.length) return null;
  const within = own.map(({ segments, at }) => bindScalar({ kind: 'path', segments, at }, scope));
  return ranked(of, ranking, within, scope);
}

function ranked(
  of: RowSource,
  { kind, amount, by }: Ranking,
  within: readonly Scalar[],
  scope: Scope,
): RowSource {
  const value = bindScalar(by, scope);
  const descending = kind === 'topcount' || kind === 'topsum' || kind === 'toppercent';
  const order = totalOrder([{ by: value, descending }], of, MAIN_ROW);
  const counts = kind === 'topcount' || kind === 'bottomcount';
  const wanted = amountOf(amount, kind, counts, scope);
  const rows = { of, row: MAIN_ROW, order, ...shapeOf(of) };
  if (counts) return { kind: 'cut', ...rows, within, skip: 0, top: Number(wanted) };
  if (familyOf(value.type) !== 'number') {
    throw mismatch(`${kind} adds up a number; ${inWords(by)} is ${articled(value.type)}.`, by, scope);
  }
  const until = kind === 'topsum' || kind === 'bottomsum' ? 'sum' : 'percent';
  return { kind: 'ranked', ...rows, value, until, amount: wanted };
}

function amountOf(amount: Expression, kind: RankMethod, counts: boolean, scope: Scope): number | bigint {
  const literal = literalIn(amount, scope);
  const isNumber = literal?.type === 'integer' || (literal?.type === 'decimal' && !counts);
  if (isNumber && literal.value >= 0 && literal.value <= Number.MAX_SAFE_INTEGER) return literal.value;
  const right = counts ? 'a whole number from 0' : 'a number from 0';
  throw mismatch(`${kind} wants ${right} first; here is ${inWords(amount)}.`, amount, scope);
}
