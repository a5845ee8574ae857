// An expression tree as one line, so that tables of expected trees can be read: (and (eq a 1) (not b)).
import { assertNever } from '../../src/base/assert-never.ts';
import type { Expression } from '../../src/odata/syntax/expression.ts';
import { printLiteral } from '../../src/odata/print/print-literal.ts';

export function outline(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return printLiteral(expression.literal);
    case 'path':
      return expression.segments.join('/');
    case 'alias':
      return expression.name;
    case 'call':
      return node(expression.name, expression.arguments);
    case 'case':
      return `(case ${expression.branches.map(({ when, then }) => `${outline(when)}:${outline(then)}`).join(' ')})`;
    case 'count':
      return `(count ${expression.segments.join('/')}${expression.filter ? ` ${outline(expression.filter)}` : ''}${expression.search ? ` search ${JSON.stringify(expression.search.kind)}` : ''})`;
    case 'type':
      return `<${expression.name}>`;
    case 'logical':
      return node(expression.operator, expression.operands);
    case 'not':
      return node('not', [expression.operand]);
    case 'negate':
      return node('-', [expression.operand]);
    case 'comparison':
    case 'arithmetic':
      return node(expression.operator, [expression.left, expression.right]);
    case 'in':
      return node('in', [expression.operand, ...expression.list]);
    case 'lambda': {
      const { quantifier, segments, variable, body } = expression;
      return `(${[quantifier, segments.join('/'), variable, body && outline(body)].filter(Boolean).join(' ')})`;
    }
    default:
      return assertNever(expression);
  }
}

function node(name: string, children: readonly Expression[]): string {
  return `(${[name, ...children.map(outline)].join(' ')})`;
}
