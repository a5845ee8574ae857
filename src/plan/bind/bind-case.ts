// `case(a gt 1:'many',true:'few')`: the value of the first branch whose condition holds, null where none does.
import type { Expression } from '../../odata/syntax/expression.ts';
import type { Condition, Scalar, ScalarType } from '../relational-algebra.ts';
import { describeExpression, typeMismatch } from './bind-errors.ts';
import type { Scope } from './scope.ts';
import { describeType, familyOf } from './type-family.ts';

interface Binders {
  readonly bindCondition: (expression: Expression, scope: Scope) => Condition;
  readonly bindScalar: (expression: Expression, scope: Scope) => Scalar;
}

/** Throws `request.type-mismatch` where the values of two branches have different types. */
export function bindCase(
  { branches }: Expression & { readonly kind: 'case' },
  scope: Scope,
  { bindCondition, bindScalar }: Binders,
): Scalar {
  let type: ScalarType = 'null';
  const bound = branches.map(({ when, then }) => {
    const value = bindScalar(then, scope);
    const common = commonType(type, value.type);
    if (common === null) {
      const message = `${describeExpression(then)} is ${describeType(value.type)}, and the branches before are ${describeType(type)}.`;
      throw typeMismatch(message, then, scope, 'All values of a case need the same type.');
    }
    type = common;
    return { when: bindCondition(when, scope), then: value };
  });
  return { kind: 'case', branches: bound, type, nullable: true };
}

// Numbers of different types become the wider one.
const WIDENING_ORDER: readonly ScalarType[] = ['Edm.Int32', 'Edm.Int64', 'Edm.Decimal', 'Edm.Double'];

function commonType(one: ScalarType, other: ScalarType): ScalarType | null {
  if (one === 'null' || one === other) return other;
  if (other === 'null') return one;
  if (familyOf(one) !== 'number' || familyOf(other) !== 'number') return null;
  return WIDENING_ORDER[Math.max(WIDENING_ORDER.indexOf(one), WIDENING_ORDER.indexOf(other))] ?? null;
}
