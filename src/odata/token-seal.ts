// Literals as text that a client carries back to us, and that is believed no more than any input.
import { createHash } from 'node:crypto';
import { FeedError } from '../base/feed-error.ts';
import type { LiteralValue } from './expression.ts';
import { TokenReader } from './lexer.ts';
import { printLiteral } from './print-literal.ts';

/** Which option carries the text, and how it is refused. */
export interface Token {
  readonly option: '$skiptoken' | '$deltatoken';
  readonly code: 'request.bad-skiptoken' | 'request.bad-deltatoken';
  /** What to do instead. */
  readonly hint: string;
}

/**
 * Text of the letters that need no escape in a URL. It holds literals as one would write them in a query,
 * and a fingerprint of them and the query, which is whatever text must stay the same from request to request.
 */
export function sealLiterals(literals: readonly LiteralValue[], query: string): string {
  return seal(literals.map(printLiteral).join(','), query);
}

/** Reads such a text back. Throws FeedError with the token's code for whatever was not made here for this query. */
export function unsealLiterals(text: string, query: string, token: Token): readonly LiteralValue[] {
  const payload = Buffer.from(text.slice(12), 'base64url').toString();
  if (seal(payload, query) !== text) throw badToken(token);
  const tokens = new TokenReader({ text: payload, target: token.option, code: token.code });
  const literals: LiteralValue[] = [];
  do {
    const literal = tokens.literalOf(tokens.take());
    if (!literal) throw badToken(token);
    literals.push(literal);
  } while (tokens.takeSign(','));
  if (tokens.peek().kind !== 'end') throw badToken(token);
  return literals;
}

export function badToken({ option, code, hint }: Token): FeedError {
  return new FeedError(code, `The ${option} was not made by this feed for this query.`, {
    target: option,
    hint,
  });
}

// Nine bytes are twelve letters. Not a secret: a forged token can only ask what a filter could.
function seal(payload: string, query: string): string {
  const print = createHash('sha256').update(`${payload}\n${query}`).digest().subarray(0, 9);
  return print.toString('base64url') + Buffer.from(payload).toString('base64url');
}
