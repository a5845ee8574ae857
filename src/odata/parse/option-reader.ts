// The text of one query option under reading: what the readers of all options share, however they nest in one another.
import { limitExceeded, type RefusingLimit } from '../../base/limit-exceeded.ts';
import type { ErrorCode } from '../../base/error-codes.ts';
import type { FeedError } from '../../base/feed-error.ts';
import type { Limits } from '../../base/limits.ts';
import { TokenReader } from './token-reader.ts';
import { type AliasSizeOf, ExpressionParser } from './parse-expression.ts';

export interface OptionReader {
  /** `$expand`: positions count in its text, at every level. */
  readonly target: string;
  readonly tokens: TokenReader;
  /** One for the whole option, so that its limits hold for all expressions together. */
  readonly expressions: ExpressionParser;
  readonly limits: Limits;
}

/** `code` is that of a fault in the text. */
export function createOptionReader(
  text: string,
  target: string,
  code: ErrorCode,
  limits: Limits,
  aliases?: AliasSizeOf,
): OptionReader {
  const tokens = new TokenReader({ text, target, code });
  return { target, tokens, expressions: new ExpressionParser(tokens, target, limits, aliases), limits };
}

/** What an option says goes beyond a limit, from `position` on. */
export function tooComplex(
  { target, limits }: OptionReader,
  limit: RefusingLimit,
  position: number,
  hint?: string,
): FeedError {
  return limitExceeded(limit, target, limits, { target, position, hint });
}
