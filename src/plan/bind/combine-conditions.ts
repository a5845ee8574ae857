// Several conditions as one: joined by `and`, or by `or`.
import type { Condition, Scalar } from '../relational-algebra.ts';

/** All of the conditions, nested ones side by side; null where there are none. */
export function allOf(conditions: readonly Condition[]): Condition | null {
  const of = conditions.flatMap((each) => (each.kind === 'all' ? each.of : [each]));
  const [first] = of;
  if (!first) return null;
  return of.length === 1 ? first : { kind: 'all', of };
}

type Literal = Scalar & { readonly kind: 'literal' };

/**
 * Any of the conditions. Equalities of one property with literals become one membership, because clients that do not
 * know `in` write long chains of them: `deviceKey eq 1 or deviceKey eq 2` → `oneOf(deviceKey, [1, 2])`.
 */
export function anyOf(conditions: readonly Condition[]): Condition {
  const equalities = new Map<string, { readonly operand: Scalar; readonly values: Literal[] }>();
  const rest: Condition[] = [];
  for (const each of conditions) {
    const equality = equalityOf(each);
    if (!equality) rest.push(each);
    else if (!equalities.has(equality.name)) {
      equalities.set(equality.name, { operand: equality.operand, values: [equality.value] });
    } else equalities.get(equality.name)?.values.push(equality.value);
  }
  const all = [...[...equalities.values()].map(membership), ...rest];
  const [first, ...more] = all;
  return first && more.length === 0 ? first : { kind: 'any', of: all };
}

function membership({ operand, values }: { operand: Scalar; values: Literal[] }): Condition {
  const [first, ...more] = values;
  return first && more.length === 0
    ? { kind: 'compare', operator: 'eq', left: operand, right: first }
    : { kind: 'oneOf', operand, values };
}

interface Equality {
  readonly name: string;
  readonly operand: Scalar;
  readonly value: Literal;
}

// `oneOf` takes no null, so equality with null stays a condition of its own.
function equalityOf(condition: Condition): Equality | null {
  if (condition.kind !== 'compare' || condition.operator !== 'eq') return null;
  const { left, right } = condition;
  if (left.kind !== 'property' || right.kind !== 'literal' || right.value === null) return null;
  return { name: `${left.row}/${left.property}`, operand: left, value: right };
}
