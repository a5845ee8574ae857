// $orderby text → order terms.
import { LIMITS, type Limits } from '../base/limits.ts';
import type { OrderTerm } from './expression.ts';
import { TokenReader } from './lexer.ts';
import { ExpressionParser, refuseRest } from './parse-expression.ts';

/**
 * Reads `deviceName desc, deviceKey`. Ascending unless it says otherwise.
 * Throws FeedError `request.malformed-expression` with the position, or `limit.too-complex`.
 */
export function parseOrderby(text: string, limits: Limits = LIMITS): readonly OrderTerm[] {
  const target = '$orderby';
  const tokens = new TokenReader({ text, target, code: 'request.malformed-expression' });
  const expressions = new ExpressionParser(tokens, target, limits);
  const terms: OrderTerm[] = [];
  do {
    const expression = expressions.parse();
    const descending = tokens.takeWord('desc');
    if (!descending) tokens.takeWord('asc');
    terms.push({ expression, descending });
  } while (tokens.takeSign(','));
  const rest = tokens.peek();
  if (rest.kind !== 'end') refuseRest(tokens, rest, 'asc, desc, a comma or the end');
  return terms;
}
