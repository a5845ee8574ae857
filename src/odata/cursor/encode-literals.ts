// Literals as an opaque token that a client sends back; it is validated like any other input.
import { createHash } from 'node:crypto';
import { FeedError } from '../../base/feed-error.ts';
import type { LiteralValue } from '../syntax/expression.ts';
import { TokenReader } from '../parse/token-reader.ts';
import { printLiteral } from '../print/print-literal.ts';

/** The option that carries the token, and the error for an invalid one. */
export interface CursorOption {
  readonly option: '$skiptoken' | '$deltatoken';
  readonly code: 'request.bad-skiptoken' | 'request.bad-deltatoken';
  /** What the client can do instead. */
  readonly hint: string;
}

/**
 * A token without characters that need an escape in a URL. It contains the literals in OData syntax and a checksum of
 * them and the scope, which is the text that must stay the same from request to request.
 */
export function encodeLiterals(literals: readonly LiteralValue[], scope: string): string {
  return withChecksum(literals.map(printLiteral).join(','), scope);
}

/** Reads such a token. Throws FeedError with the option's code for a token that was not made by this feed for this scope. */
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

// Nine bytes are twelve characters. A checksum and no signature: a forged token can only ask what a filter could.
function withChecksum(payload: string, scope: string): string {
  const checksum = createHash('sha256').update(`${payload}\n${scope}`).digest().subarray(0, 9);
  return checksum.toString('base64url') + Buffer.from(payload).toString('base64url');
}
