// Literals as text that a client carries back to us, and that is believed no more than any input.
import { createHash } from 'node:crypto';
import { FeedError } from '../../base/feed-error.ts';
import type { LiteralValue } from '../syntax/expression.ts';
import { TokenReader } from '../parse/token-reader.ts';
import { printLiteral } from '../print/print-literal.ts';

/** Which option carries the text, and how it is refused. */
export interface CursorOption {
  readonly option: '$skiptoken' | '$deltatoken';
  readonly code: 'request.bad-skiptoken' | 'request.bad-deltatoken';
  /** What to do instead. */
  readonly hint: string;
}

/**
 * Text of the letters that need no escape in a URL. It holds literals as one would write them in a query,
 * and a fingerprint of them and the query, which is whatever text must stay the same from request to request.
 */
export function encodeLiterals(literals: readonly LiteralValue[], scope: string): string {
  return withChecksum(literals.map(printLiteral).join(','), scope);
}

/** Reads such a text back. Throws FeedError with the token's code for whatever was not made here for this query. */
export function decodeLiterals(text: string, scope: string, option: CursorOption): readonly LiteralValue[] {
  const payload = Buffer.from(text.slice(12), 'base64url').toString();
  if (withChecksum(payload, scope) !== text) throw invalidToken(option);
  const tokens = new TokenReader({ text: payload, target: option.option, code: option.code });
  const literals: LiteralValue[] = [];
  do {
    const literal = tokens.literalOf(tokens.take());
    if (!literal) throw invalidToken(option);
    literals.push(literal);
  } while (tokens.takeSign(','));
  if (tokens.peek().kind !== 'end') throw invalidToken(option);
  return literals;
}

export function invalidToken({ option, code, hint }: CursorOption): FeedError {
  return new FeedError(code, `The ${option} was not made by this feed for this query.`, {
    target: option,
    hint,
  });
}

// Nine bytes are twelve letters. Not a secret: a forged token can only ask what a filter could.
function withChecksum(payload: string, scope: string): string {
  const checksum = createHash('sha256').update(`${payload}\n${scope}`).digest().subarray(0, 9);
  return checksum.toString('base64url') + Buffer.from(payload).toString('base64url');
}
