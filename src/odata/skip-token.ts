// Where a chain of pages goes on, as text that a client carries back to us, and that is believed no more than any input.
import { createHash } from 'node:crypto';
import { FeedError } from '../base/feed-error.ts';
import type { LiteralValue } from './expression.ts';
import { TokenReader } from './lexer.ts';
import { printLiteral } from './print-literal.ts';

export interface SkipToken {
  /** The generation that the chain began on. */
  readonly generation: number;
  /** When the chain began, in milliseconds of the epoch: what `now()` and maxhistorydays mean on all its pages. */
  readonly began: number;
  /** Rows that the pages so far have held, so that $top spans pages. */
  readonly served: number;
  /** The order values of the last row sent. */
  readonly after: readonly LiteralValue[];
}

const TARGET = '$skiptoken';

/**
 * Text of the letters that need no escape in a URL. It holds literals as one would write them in a query,
 * and a fingerprint of them and the query, which is whatever text must stay the same from page to page.
 */
export function encodeSkipToken({ generation, began, served, after }: SkipToken, query: string): string {
  return seal([generation, began, served, ...after.map(printLiteral)].join(','), query);
}

/**
 * Reads a token back. The types of the order values are for the plan to check.
 * Throws FeedError `request.bad-skiptoken` for whatever was not made here for this query.
 */
export function decodeSkipToken(text: string, query: string): SkipToken {
  const payload = Buffer.from(text.slice(12), 'base64url').toString();
  if (seal(payload, query) !== text) throw badToken();
  return readPayload(payload);
}

// Nine bytes are twelve letters. Not a secret: a forged token can only ask what a filter could.
function seal(payload: string, query: string): string {
  const print = createHash('sha256').update(`${payload}\n${query}`).digest().subarray(0, 9);
  return print.toString('base64url') + Buffer.from(payload).toString('base64url');
}

function readPayload(text: string): SkipToken {
  const tokens = new TokenReader({ text, target: TARGET, code: 'request.bad-skiptoken' });
  const literals: LiteralValue[] = [];
  do {
    const literal = tokens.literalOf(tokens.take());
    if (!literal) throw badToken();
    literals.push(literal);
  } while (tokens.takeSign(','));
  if (tokens.peek().kind !== 'end') throw badToken();
  const [generation, began, served, ...after] = literals;
  if (generation?.type !== 'integer' || began?.type !== 'integer' || served?.type !== 'integer') {
    throw badToken();
  }
  return {
    generation: Number(generation.value),
    began: Number(began.value),
    served: Number(served.value),
    after,
  };
}

function badToken(): FeedError {
  return new FeedError('request.bad-skiptoken', 'The $skiptoken was not made by this feed for this query.', {
    target: TARGET,
    hint: 'Follow @odata.nextLink as it stands, or begin again without $skiptoken.',
  });
}
