// $compute text → expressions with the names that their values get.
import { LIMITS, type Limits } from '../base/limits.ts';
import { openOption, type OptionText } from './option-text.ts';
import { type AliasExtent, refuseRest } from './parse-expression.ts';
import type { ComputeItem } from './wanted.ts';

/**
 * Reads `freeStorageSpaceInBytes div 1024 as freeKiB, year(enrolledDateTime) as year`.
 * Throws FeedError `request.malformed-expression` with the position, or `limit.too-complex`.
 */
export function parseCompute(
  text: string,
  limits: Limits = LIMITS,
  aliases?: AliasExtent,
): readonly ComputeItem[] {
  const option = openOption(text, '$compute', 'request.malformed-expression', limits, aliases);
  const items = readComputeItems(option);
  option.tokens.expectEnd('a comma or the end');
  return items;
}

/** Reads as far as the items go. */
export function readComputeItems(option: OptionText): readonly ComputeItem[] {
  const items: ComputeItem[] = [];
  do {
    const expression = option.expressions.parse();
    items.push({ expression, as: readAlias(option, "an operator, or 'as' and a name"), at: expression.at });
  } while (option.tokens.takeSign(','));
  return items;
}

/** Reads `as name`. */
export function readAlias({ tokens }: OptionText, wanted: string): string {
  if (!tokens.takeWord('as')) refuseRest(tokens, tokens.peek(), wanted);
  return tokens.expectIdentifier("a name after 'as'").text;
}
