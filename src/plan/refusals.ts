// What is said of expressions that cannot be bound, each with its place.
import { assertNever } from '../base/assert-never.ts';
import { FeedError } from '../base/feed-error.ts';
import type { Expression } from '../odata/expression.ts';
import { printLiteral } from '../odata/print-literal.ts';
import type { Scope } from './scope.ts';

type Place = Pick<Expression, 'at'>;

/** The expression in a few words, for messages. */
export function inWords(expression: Expression): string {
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

export function mismatch(message: string, { at }: Place, { option }: Scope, hint?: string): FeedError {
  const detail = { target: option, position: at, ...(hint === undefined ? {} : { hint }) };
  return new FeedError('request.type-mismatch', message, detail);
}

export function notOffered(
  what: string,
  { at }: Place,
  { option }: Pick<Scope, 'option'>,
  hint?: string,
): FeedError {
  return new FeedError('request.not-offered', `${what} is not offered by this feed yet.`, {
    target: option,
    position: at,
    ...(hint === undefined ? {} : { hint }),
  });
}

export function wrongArity(
  { name, at, arguments: given }: Expression & { readonly kind: 'call' },
  wanted: string,
  { option }: Scope,
): FeedError {
  const message = `${name} takes ${wanted} argument${wanted === '1' ? '' : 's'}; here are ${given.length}.`;
  return new FeedError('request.malformed-expression', message, { target: option, position: at });
}
