// The binary operators of expressions, and the error where one was expected.
import { didYouMean } from '../../base/did-you-mean.ts';
import type { ArithmeticOperator, ComparisonOperator } from '../syntax/expression.ts';
import type { Token, TokenReader } from './token-reader.ts';

export type Operator =
  | { readonly kind: 'logical'; readonly operator: 'and' | 'or'; readonly power: number }
  | { readonly kind: 'comparison'; readonly operator: ComparisonOperator | 'has'; readonly power: number }
  | { readonly kind: 'arithmetic'; readonly operator: ArithmeticOperator; readonly power: number }
  | { readonly kind: 'in'; readonly power: number };

/** Binary operators by name; the higher power binds tighter. `not` and `-` bind tighter than all of them. */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['or', { kind: 'logical', operator: 'or', power: 1 }],
  ['and', { kind: 'logical', operator: 'and', power: 2 }],
  ['eq', { kind: 'comparison', operator: 'eq', power: 3 }],
  ['ne', { kind: 'comparison', operator: 'ne', power: 3 }],
  ['gt', { kind: 'comparison', operator: 'gt', power: 4 }],
  ['ge', { kind: 'comparison', operator: 'ge', power: 4 }],
  ['lt', { kind: 'comparison', operator: 'lt', power: 4 }],
  ['le', { kind: 'comparison', operator: 'le', power: 4 }],
  ['has', { kind: 'comparison', operator: 'has', power: 4 }],
  ['in', { kind: 'in', power: 4 }],
  ['add', { kind: 'arithmetic', operator: 'add', power: 5 }],
  ['sub', { kind: 'arithmetic', operator: 'sub', power: 5 }],
  ['mul', { kind: 'arithmetic', operator: 'mul', power: 6 }],
  ['div', { kind: 'arithmetic', operator: 'div', power: 6 }],
  ['divby', { kind: 'arithmetic', operator: 'divby', power: 6 }],
  ['mod', { kind: 'arithmetic', operator: 'mod', power: 6 }],
]);

/** Operators of other languages → the OData operator. */
const FOREIGN_OPERATORS: ReadonlyMap<string, string> = new Map([
  ['equals', 'eq'],
  ['=', 'eq'],
  ['==', 'eq'],
  ['!=', 'ne'],
  ['<>', 'ne'],
  ['>', 'gt'],
  ['>=', 'ge'],
  ['<', 'lt'],
  ['<=', 'le'],
  ['&&', 'and'],
  ['||', 'or'],
  ['-', 'sub'],
  ['*', 'mul'],
  ['/', 'div'],
]);

export const EXPECTED_OPERATOR = 'an operator (eq, ne, gt, ge, lt, le, in, and, or, add …)';

/** Refuses a token that cannot continue an expression, and suggests an operator where one is near. */
export function refuseTrailingToken(tokens: TokenReader, token: Token, expected: string): never {
  const own = FOREIGN_OPERATORS.get(token.text);
  const names = token.kind === 'name' ? OPERATORS.keys() : [];
  tokens.unexpected(token, expected, own ? didYouMean([own], own) : didYouMean(names, token.text));
}
