// $search text → words, phrases, and how they are combined.
import { LIMITS, type Limits } from '../base/limits.ts';
import { openOption } from './option-text.ts';
import { AN_OPERAND, readSearch } from './read-search.ts';
import type { SearchExpression } from './search-expression.ts';

/**
 * Reads `laptop "Adele V\"" OR NOT (old spare)`. NOT binds tighter than AND, which may be left out, and AND than OR.
 * Throws FeedError `request.malformed-option` with the position, or `limit.too-complex`.
 */
export function parseSearch(text: string, limits: Limits = LIMITS): SearchExpression {
  const option = openOption(text, '$search', 'request.malformed-option', limits);
  const expression = readSearch(option);
  option.tokens.expectEnd(`${AN_OPERAND}, AND, OR, NOT or the end`);
  return expression;
}
