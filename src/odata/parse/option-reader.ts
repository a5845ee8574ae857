// One query option while it is parsed: what the parsers of all options share, however they nest.
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
  /** One for the whole option, so that its limits apply to all expressions together. */
  readonly expressions: ExpressionParser;
  readonly limits: Limits;
}

/** `code` is the error code for a text that cannot be parsed. */
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

/** The error for an option that exceeds a limit at `position`. */
export function tooComplex(
  { target, limits }: OptionReader,
  limit: RefusingLimit,
  position: number,
  hint?: string,
): FeedError {
  return limitExceeded(limit, target, limits, { target, position, hint });
}
