// $search text → search expression.
import type { Limits } from '../../base/limits.ts';
import { createOptionReader } from './option-reader.ts';
import { EXPECTED_OPERAND, parseSearchExpression } from './parse-search-expression.ts';
import type { SearchExpression } from '../syntax/search-expression.ts';

/**
 * Reads `laptop "Adele V\"" OR NOT (old spare)`. NOT binds tighter than AND, AND tighter than OR; AND may be omitted.
 * Throws FeedError `request.malformed-option` with the position, or `limit.too-complex`.
 */
export function parseSearch(text: string, limits: Limits): SearchExpression {
  const option = createOptionReader(text, '$search', 'request.malformed-option', limits);
  const expression = parseSearchExpression(option);
  option.tokens.expectEnd(`${EXPECTED_OPERAND}, AND, OR, NOT or the end`);
  return expression;
}
