// Expression trees as $filter text with no more parentheses than the table of precedence asks for.
import { assertNever } from '../../src/base/assert-never.ts';
import type { Expression } from '../../src/odata/syntax/expression.ts';
import { printLiteral } from '../../src/odata/print/print-literal.ts';

// The standard's table once more, on purpose: the parser's own would agree with whatever the parser does.
const POWERS: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  eq: 3,
  ne: 3,
  gt: 4,
  ge: 4,
  lt: 4,
  le: 4,
  has: 4,
  in: 4,
  add: 5,
  sub: 5,
  mul: 6,
  div: 6,
  divby: 6,
  mod: 6,
};
const UNARY = 7;
const PRIMARY = 8;

export function printExpression(expression: Expression): string {
  const power = powerOf(expression);
  switch (expression.kind) {
    case 'literal':
      return printLiteral(expression.literal);
    case 'path':
      return expression.segments.join('/');
    case 'alias':
      return expression.name;
    case 'call':
      return `${expression.name}(${expression.arguments.map(printExpression).join(',')})`;
    case 'case': {
      const branches = expression.branches.map(
        ({ when, then }) => `${printExpression(when)}:${printExpression(then)}`,
      );
      return `case(${branches.join(',')})`;
    }
    case 'count':
      if (!expression.filter || expression.search) throw new TypeError('Counts are of filtered rows here.');
      return `${expression.segments.join('/')}/$count($filter=${printExpression(expression.filter)})`;
    case 'type':
      return expression.name;
    case 'logical':
      return expression.operands.map((each) => inside(each, power + 1)).join(` ${expression.operator} `);
    case 'not':
      return `not ${inside(expression.operand, UNARY)}`;
    case 'negate':
      // The minus would become part of a number.
      return `-${inside(expression.operand, expression.operand.kind === 'literal' ? Infinity : UNARY)}`;
    case 'comparison':
    case 'arithmetic':
      return `${inside(expression.left, power)} ${expression.operator} ${inside(expression.right, power + 1)}`;
    case 'in':
      return `${inside(expression.operand, power)} in (${expression.list.map(printExpression).join(',')})`;
    case 'lambda': {
      const { segments, quantifier, variable, body } = expression;
      const inner = variable === null || !body ? '' : `${variable}:${printExpression(body)}`;
      return `${segments.join('/')}/${quantifier}(${inner})`;
    }
    default:
      return assertNever(expression);
  }
}

function inside(expression: Expression, power: number): string {
  const text = printExpression(expression);
  return powerOf(expression) < power ? `(${text})` : text;
}

function powerOf(expression: Expression): number {
  if (expression.kind === 'not' || expression.kind === 'negate') return UNARY;
  if (expression.kind === 'in') return POWERS['in']!;
  return 'operator' in expression ? POWERS[expression.operator]! : PRIMARY;
}
