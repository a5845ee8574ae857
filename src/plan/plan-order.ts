// A total order, so that a page can continue after any row: what the client asked for, then the key.
import { invalidSkipToken } from '../odata/cursor/skip-token.ts';
import type { LiteralValue, OrderTerm } from '../odata/syntax/expression.ts';
import { bindScalar } from './bind/bind-expression.ts';
import { columnScalar } from './bind/column-scalar.ts';
import type { Scope } from './bind/scope.ts';
import { literalAs } from './bind/literal-value.ts';
import type { ReadPlan } from './read-plan.ts';
import { type Order, type RowId, type RowShape, isNullable } from './relational-algebra.ts';

/** The order of $orderby. Throws as bindScalar does. */
export function bindOrder(terms: readonly OrderTerm[], scope: Scope): readonly Order[] {
  return terms.map(({ expression, descending }) => ({ by: bindScalar(expression, scope), descending }));
}

/** The requested order, then the key. */
export function totalOrder(requested: readonly Order[], shape: RowShape, row: RowId): readonly Order[] {
  const descending = isReverseKeyOrder(requested, shape);
  // A repeated property and a constant do not change the order.
  const seen = new Set<string>();
  return [...requested, ...keyOrder(shape, row).map((term) => ({ ...term, descending }))].filter(({ by }) => {
    if (by.kind !== 'property' || by.row !== row) return by.kind !== 'literal';
    const isNew = !seen.has(by.property);
    seen.add(by.property);
    return isNew;
  });
}

// After `dateKey desc` the rest of the key descends too: that is the key read backwards, which needs no sorting.
function isReverseKeyOrder(requested: readonly Order[], { key }: RowShape): boolean {
  const isNextOfKey = ({ by, descending }: Order, index: number): boolean =>
    descending && by.kind === 'property' && by.property === key[index];
  return requested.length > 0 && requested.every(isNextOfKey);
}

/** The key ascending, as the vendor's feed sends its rows. */
function keyOrder({ key, columns }: RowShape, row: RowId): readonly Order[] {
  return key.map((name) => {
    const column = columns.get(name);
    if (!column) throw new TypeError(`The key names '${name}', which is no column.`);
    return { by: columnScalar(row, name, column), descending: false };
  });
}

/** The order values of a skip token, checked against the order like any other input. Throws `request.bad-skiptoken`. */
export function bindSkipTokenValues(
  literals: readonly LiteralValue[],
  order: readonly Order[],
): NonNullable<ReadPlan['after']> {
  if (literals.length !== order.length) throw invalidSkipToken();
  return order.map(({ by }, index) => {
    const literal = literals[index];
    const value = literal && literalAs(literal, by.type);
    if (value === undefined || (value === null && !isNullable(by))) throw invalidSkipToken();
    return typeof value === 'boolean' ? BigInt(value) : value;
  });
}
