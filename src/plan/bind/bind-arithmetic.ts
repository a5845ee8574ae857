// Arithmetic on numbers, on durations, and between instants: `now() sub lastSyncDateTime gt duration'P7D'`.
import { shiftInstant } from '../../base/shift-instant.ts';
import type { ArithmeticOperator, Expression } from '../../odata/syntax/expression.ts';
import { textAs } from './literal-value.ts';
import { asLiteral, literalScalar } from './literal-operand.ts';
import { type Scalar, type ScalarType, isNullable } from '../relational-algebra.ts';
import { describeExpression, typeMismatch } from './bind-errors.ts';
import type { Scope } from './scope.ts';
import { describeType, type TypeFamily, familyOf } from './type-family.ts';

type Arithmetic = Expression & { readonly kind: 'arithmetic' };

const TEMPORAL_FAMILIES: readonly TypeFamily[] = ['instant', 'day', 'duration'];
const DIVISIONS: ReadonlySet<ArithmeticOperator> = new Set(['div', 'divby', 'mod']);

/** Throws `request.type-mismatch` for operands that do not fit, and for a divisor that is zero. */
export function bindArithmetic(
  expression: Arithmetic,
  scope: Scope,
  bindScalar: (expression: Expression, scope: Scope) => Scalar,
): Scalar {
  const { operator } = expression;
  const left = bindScalar(expression.left, scope);
  const right = bindTemporalLiteral(expression, left, scope) ?? bindScalar(expression.right, scope);
  const operands = [
    { scalar: left, written: expression.left },
    { scalar: right, written: expression.right },
  ];
  const isTemporal = operands.some(({ scalar }) => TEMPORAL_FAMILIES.includes(familyOf(scalar.type)));
  const type = isTemporal
    ? temporalResultType(operator, left, right)
    : numericResultType(operator, left, right);
  if (isTemporal && type === null) {
    const message = `${operator} does not take ${describeType(left.type)} and ${describeType(right.type)}.`;
    const hint =
      "Add a duration to an instant or a day, as in now() sub duration'P7D', or subtract two of the same type; mul and div take a duration and a number.";
    throw typeMismatch(message, expression, scope, hint);
  }
  const nonNumber = operands.find(({ scalar }) => !['number', 'null'].includes(familyOf(scalar.type)));
  if (!isTemporal && nonNumber) {
    const message = `${operator} takes a number; ${describeExpression(nonNumber.written)} is ${describeType(nonNumber.scalar.type)}.`;
    throw typeMismatch(message, nonNumber.written, scope);
  }
  if (type === null) throw typeMismatch('mod takes whole numbers.', expression, scope);
  const isZero = right.kind === 'literal' && right.value !== null && Number(right.value) === 0;
  if (DIVISIONS.has(operator) && isZero) {
    throw typeMismatch(`The divisor of ${operator} is zero.`, expression.right, scope);
  }
  const constant = isTemporal ? shiftConstantInstant(expression, left, right, scope) : null;
  // A shifted instant is null beyond the calendar.
  const nullable =
    type === 'Edm.DateTimeOffset' || type === 'Edm.Date' || isNullable(left) || isNullable(right);
  return constant ?? { kind: 'arithmetic', operator, left, right, type, nullable };
}

/** A literal on the right whose type depends on the left: `now() sub 'P7D'`, `seen sub 2026-11-20`. */
function bindTemporalLiteral({ operator, right }: Arithmetic, left: Scalar, scope: Scope): Scalar | null {
  if (!TEMPORAL_FAMILIES.includes(familyOf(left.type)) || (operator !== 'add' && operator !== 'sub'))
    return null;
  const literal = asLiteral(right, scope);
  const isInstant = left.type === 'Edm.DateTimeOffset' && operator === 'sub';
  if (literal?.type === 'date' && isInstant) return literalScalar(literal, left.type, right, scope);
  if (literal?.type !== 'string') return null;
  const types: readonly ScalarType[] = operator === 'sub' ? ['Edm.Duration', left.type] : ['Edm.Duration'];
  const [candidate] = types.flatMap((type): readonly Scalar[] => {
    const value = textAs(literal.value, type);
    return value === undefined ? [] : [{ kind: 'literal', value, type }];
  });
  return candidate ?? null;
}

function temporalResultType(operator: ArithmeticOperator, left: Scalar, right: Scalar): ScalarType | null {
  const [one, other] = [familyOf(left.type), familyOf(right.type)];
  const adds = operator === 'add' || operator === 'sub';
  if (one === 'instant' || one === 'day') {
    if (operator === 'sub' && other === one) return 'Edm.Duration';
    return adds && other === 'duration' ? left.type : null;
  }
  if (one === 'number') return operator === 'mul' ? 'Edm.Duration' : null;
  if (one !== 'duration') return null;
  const fits = adds ? other === 'duration' : other === 'number' && operator !== 'mod';
  return fits ? 'Edm.Duration' : null;
}

/** Null for a remainder of fractions. */
function numericResultType(operator: ArithmeticOperator, left: Scalar, right: Scalar): ScalarType | null {
  const fractional = [left, right].some(({ type }) => type === 'Edm.Double' || type === 'Edm.Decimal');
  if (operator === 'mod' && fractional) return null;
  return fractional || operator === 'divby' ? 'Edm.Double' : 'Edm.Int64';
}

/** Computes a constant such as `now() sub duration'P7D'` in the plan, so that an index can serve it. */
function shiftConstantInstant(
  { operator, at }: Arithmetic,
  left: Scalar,
  right: Scalar,
  scope: Scope,
): Scalar | null {
  if (left.kind !== 'literal' || left.type !== 'Edm.DateTimeOffset' || typeof left.value !== 'string')
    return null;
  if (right.kind !== 'literal' || typeof right.value !== 'bigint') return null;
  const value = shiftInstant(left.value, operator === 'add' ? right.value : -right.value);
  if (value === null) throw typeMismatch('The sum lies beyond the years 0001 to 9999.', { at }, scope);
  return { kind: 'literal', value, type: 'Edm.DateTimeOffset' };
}
