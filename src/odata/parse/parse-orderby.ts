// $orderby text → order terms.
import type { Limits } from '../../base/limits.ts';
import type { OrderTerm } from '../syntax/expression.ts';
import { createOptionReader, type OptionReader } from './option-reader.ts';
import { refuseTrailingToken } from './operators.ts';
import type { AliasSizeOf } from './parse-expression.ts';

/**
 * Reads `deviceName desc, deviceKey`. Ascending is the default.
 * Throws FeedError `request.malformed-expression` with the position, or `limit.too-complex`.
 */
export function parseOrderby(text: string, limits: Limits, aliases?: AliasSizeOf): readonly OrderTerm[] {
  const option = createOptionReader(text, '$orderby', 'request.malformed-expression', limits, aliases);
  const terms = parseOrderTerms(option);
  const rest = option.tokens.peek();
  if (rest.kind !== 'end') refuseTrailingToken(option.tokens, rest, 'asc, desc, a comma or the end');
  return terms;
}

/** Reads terms until no comma follows. */
export function parseOrderTerms({ tokens, expressions }: OptionReader): readonly OrderTerm[] {
  const terms: OrderTerm[] = [];
  do {
    const expression = expressions.parse();
    const descending = tokens.takeKeyword('desc');
    if (!descending) tokens.takeKeyword('asc');
    terms.push({ expression, descending });
  } while (tokens.takeSign(','));
  return terms;
}
