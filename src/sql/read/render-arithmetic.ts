// Arithmetic as SQL: overflow and division by zero are errors of the reader.
import type { Scalar } from '../../plan/relational-algebra.ts';
import type { Dialect } from '../dialect.ts';
import { type Fragment, sql } from '../fragment.ts';

/** A binary operation, or a negation. */
type Calculation = Scalar & { readonly kind: 'arithmetic' | 'negate' };

type ScalarRenderer = (scalar: Scalar) => Fragment;

/** `render` renders the operands that are no arithmetic themselves. */
export function renderArithmetic(scalar: Calculation, render: ScalarRenderer, dialect: Dialect): Fragment {
  if (isTemporal(scalar.type)) return temporalCalculation(scalar, render, dialect);
  const unchecked = calculation(scalar, render, dialect);
  return isInteger(scalar.type) ? dialect.checkedInt64(unchecked) : unchecked;
}

// Unchecked: whole numbers that overflow become fractions, which the one check of the result sees.
function calculation(scalar: Calculation, render: ScalarRenderer, dialect: Dialect): Fragment {
  if (scalar.kind === 'negate') return sql`(- ${operandOf(scalar, scalar.operand, render, dialect)})`;
  const { operator, left, right, type } = scalar;
  // mod makes whole numbers of fractions, so that an overflow would not be seen: its operands are checked one by one.
  if (operator === 'mod') {
    return dialect.arithmetic.mod(render(left), divisor(right, render, dialect), type);
  }
  const divides = operator === 'div' || operator === 'divby';
  const second = divides ? divisor(right, render, dialect) : operandOf(scalar, right, render, dialect);
  return dialect.arithmetic[operator](operandOf(scalar, left, render, dialect), second, type);
}

// Days and instants plus or minus durations, differences of two of them, and durations multiplied and divided.
function temporalCalculation(scalar: Calculation, render: ScalarRenderer, dialect: Dialect): Fragment {
  if (scalar.kind === 'negate') return dialect.checkedTicks(sql`(- ${render(scalar.operand)})`);
  const { operator, left, right, type } = scalar;
  const divides = operator === 'div' || operator === 'divby';
  const first = render(left);
  const second = divides ? divisor(right, render, dialect) : render(right);
  if (type !== 'Edm.Duration') {
    return dialect.addTicks(first, operator === 'sub' ? sql`(- ${second})` : second, type);
  }
  if (operator === 'sub' && left.type !== type) return dialect.ticksBetween(second, first);
  return dialect.checkedTicks(dialect.arithmetic[operator](first, second, 'Edm.Double'));
}

function isTemporal(type: Scalar['type']): boolean {
  return type === 'Edm.Duration' || type === 'Edm.DateTimeOffset' || type === 'Edm.Date';
}

// Only where the outer operation is checked as a whole number may the inner one go unchecked.
function operandOf(outer: Calculation, inner: Scalar, render: ScalarRenderer, dialect: Dialect): Fragment {
  const isInside = (inner.kind === 'arithmetic' && inner.operator !== 'mod') || inner.kind === 'negate';
  return isInside && isInteger(outer.type) ? calculation(inner, render, dialect) : render(inner);
}

function divisor(scalar: Scalar, render: ScalarRenderer, dialect: Dialect): Fragment {
  const number = render(scalar);
  // The plan has already refused a literal zero.
  return scalar.kind === 'literal' ? number : dialect.nonZeroDivisor(number);
}

function isInteger(type: Scalar['type']): boolean {
  return type === 'Edm.Int32' || type === 'Edm.Int64';
}
