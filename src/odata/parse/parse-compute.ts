// $compute text → expressions and the aliases of their values.
import type { Limits } from '../../base/limits.ts';
import { createOptionReader, type OptionReader } from './option-reader.ts';
import { refuseTrailingToken } from './operators.ts';
import type { AliasSizeOf } from './parse-expression.ts';
import type { ComputeItem } from '../syntax/parsed-request.ts';

/**
 * Reads `freeStorageSpaceInBytes div 1024 as freeKiB, year(enrolledDateTime) as year`.
 * Throws FeedError `request.malformed-expression` with the position, or `limit.too-complex`.
 */
export function parseCompute(text: string, limits: Limits, aliases?: AliasSizeOf): readonly ComputeItem[] {
  const option = createOptionReader(text, '$compute', 'request.malformed-expression', limits, aliases);
  const items = parseComputeItems(option);
  option.tokens.expectEnd('a comma or the end');
  return items;
}

/** Reads items until no comma follows. */
export function parseComputeItems(option: OptionReader): readonly ComputeItem[] {
  const items: ComputeItem[] = [];
  do {
    const expression = option.expressions.parse();
    items.push({ expression, as: parseAsName(option, "an operator, or 'as' and a name"), at: expression.at });
  } while (option.tokens.takeSign(','));
  return items;
}

/** Reads `as name`. */
export function parseAsName({ tokens }: OptionReader, expected: string): string {
  if (!tokens.takeKeyword('as')) refuseTrailingToken(tokens, tokens.peek(), expected);
  return tokens.expectIdentifier("a name after 'as'").text;
}
