// Errors for expressions that cannot be bound, each with its position.
import { assertNever } from '../../base/assert-never.ts';
import { FeedError } from '../../base/feed-error.ts';
import type { Expression } from '../../odata/syntax/expression.ts';
import { printLiteral } from '../../odata/print/print-literal.ts';
import type { Scope } from './scope.ts';

type Positioned = Pick<Expression, 'at'>;

/** The expression in a few words, for messages. */
export function describeExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'path':
      return expression.segments.join('/');
    case 'literal':
      return printLiteral(expression.literal);
    case 'alias':
      return expression.name;
    case 'count':
      return `${expression.segments.join('/')}/$count(…)`;
    case 'call':
      return `${expression.name}(…)`;
    case 'type':
      return expression.name;
    case 'case':
      return 'case(…)';
    case 'logical':
    case 'not':
    case 'negate':
    case 'comparison':
    case 'arithmetic':
    case 'in':
    case 'lambda':
      return 'The expression';
    default:
      return assertNever(expression);
  }
}

export function typeMismatch(
  message: string,
  { at }: Positioned,
  { option }: Scope,
  hint?: string,
): FeedError {
  return new FeedError('request.type-mismatch', message, { target: option, position: at, hint });
}

export function notOffered(
  what: string,
  { at }: Positioned,
  { option }: Pick<Scope, 'option'>,
  hint?: string,
): FeedError {
  return new FeedError('request.not-offered', `${what} is not offered by this feed yet.`, {
    target: option,
    position: at,
    hint,
  });
}

export function wrongArity(
  { name, at, arguments: callArguments }: Expression & { readonly kind: 'call' },
  expected: string,
  { option }: Scope,
): FeedError {
  const message = `${name} takes ${expected} argument${expected === '1' ? '' : 's'}; here are ${callArguments.length}.`;
  return new FeedError('request.malformed-expression', message, { target: option, position: at });
}
