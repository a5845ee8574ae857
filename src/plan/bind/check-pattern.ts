// The pattern of matchesPattern, compiled by RE2, which will also run it: it never backtracks, so it never hangs.
import { RE2JS } from 're2js';
import type { Expression } from '../../odata/syntax/expression.ts';
import type { Scalar } from '../relational-algebra.ts';
import { typeMismatch } from './bind-errors.ts';
import type { Scope } from './scope.ts';

/** Throws `request.type-mismatch` for an invalid pattern, and for lookahead, lookbehind and backreferences. */
export function checkPattern(pattern: Scalar, place: Pick<Expression, 'at'>, scope: Scope): void {
  if (pattern.kind !== 'literal') {
    throw typeMismatch('matchesPattern needs a pattern in quotes.', place, scope);
  }
  if (typeof pattern.value !== 'string') return;
  try {
    RE2JS.compile(pattern.value);
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : '';
    const hint = 'Write it in the syntax of RE2: that of ECMAScript without (?=…), (?<=…) and \\1.';
    throw typeMismatch(`The pattern cannot be used: ${why}.`, place, scope, hint);
  }
}
