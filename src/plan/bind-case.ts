// `case(a gt 1:'many',true:'few')`: the value of the first branch whose condition holds, null where none does.
import type { Expression } from '../odata/expression.ts';
import type { Condition, Scalar, ScalarType } from './read-plan.ts';
import { inWords, mismatch } from './refusals.ts';
import type { Scope } from './scope.ts';
import { articled, familyOf } from './type-words.ts';

interface Binders {
  readonly bindCondition: (expression: Expression, scope: Scope) => Condition;
  readonly bindScalar: (expression: Expression, scope: Scope) => Scalar;
}

/** Throws `request.type-mismatch` where the values of two branches are of different kinds. */
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
      const message = `${inWords(then)} is ${articled(value.type)}, and the branches before are ${articled(type)}.`;
      throw mismatch(message, then, scope, 'All values of a case are of one kind.');
    }
    type = common;
    return { when: bindCondition(when, scope), then: value };
  });
  return { kind: 'case', branches: bound, type, nullable: true };
}

// Numbers of different types meet in the wider one.
const WIDTH: readonly ScalarType[] = ['Edm.Int32', 'Edm.Int64', 'Edm.Decimal', 'Edm.Double'];

function commonType(one: ScalarType, other: ScalarType): ScalarType | null {
  if (one === 'null' || one === other) return other;
  if (other === 'null') return one;
  if (familyOf(one) !== 'number' || familyOf(other) !== 'number') return null;
  return WIDTH[Math.max(WIDTH.indexOf(one), WIDTH.indexOf(other))] ?? null;
}
