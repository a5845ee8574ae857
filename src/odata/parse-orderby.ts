// $orderby text → order terms.
import { LIMITS, type Limits } from '../base/limits.ts';
import type { OrderTerm } from './expression.ts';
import { openOption, type OptionText } from './option-text.ts';
import { type AliasExtent, refuseRest } from './parse-expression.ts';

/**
 * Reads `deviceName desc, deviceKey`. Ascending unless it says otherwise.
 * Throws FeedError `request.malformed-expression` with the position, or `limit.too-complex`.
 */
export function parseOrderby(
  text: string,
  limits: Limits = LIMITS,
  aliases?: AliasExtent,
): readonly OrderTerm[] {
  const option = openOption(text, '$orderby', 'request.malformed-expression', limits, aliases);
  const terms = readOrderTerms(option);
  const rest = option.tokens.peek();
  if (rest.kind !== 'end') refuseRest(option.tokens, rest, 'asc, desc, a comma or the end');
  return terms;
}

/** Reads as far as the terms go. */
export function readOrderTerms({ tokens, expressions }: OptionText): readonly OrderTerm[] {
  const terms: OrderTerm[] = [];
  do {
    const expression = expressions.parse();
    const descending = tokens.takeWord('desc');
    if (!descending) tokens.takeWord('asc');
    terms.push({ expression, descending });
  } while (tokens.takeSign(','));
  return terms;
}
