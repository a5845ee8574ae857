// Where a chain of pages goes on.
import type { LiteralValue } from './expression.ts';
import { badToken, sealLiterals, type Token, unsealLiterals } from './token-seal.ts';

export interface SkipToken {
  /** The generation that the chain began on. */
  readonly generation: number;
  /** When the chain began, in milliseconds of the epoch: what `now()` and maxhistorydays mean on all its pages. */
  readonly began: number;
  /** Rows that the pages so far have held, so that $top spans pages. */
  readonly served: number;
  /** Whether its last page is to say how changes are asked for. */
  readonly tracks: boolean;
  /** The order values of the last row sent. */
  readonly after: readonly LiteralValue[];
}

const TOKEN: Token = {
  option: '$skiptoken',
  code: 'request.bad-skiptoken',
  hint: 'Follow @odata.nextLink as it stands, or begin again without $skiptoken.',
};

/** `query` is whatever text must stay the same from page to page. */
export function encodeSkipToken(
  { generation, began, served, tracks, after }: SkipToken,
  query: string,
): string {
  const numbers = [generation, began, served].map((each): LiteralValue => {
    return { type: 'integer', value: BigInt(each) };
  });
  return sealLiterals([...numbers, { type: 'boolean', value: tracks }, ...after], query);
}

/**
 * Reads a token back. The types of the order values are for the plan to check.
 * Throws FeedError `request.bad-skiptoken` for whatever was not made here for this query.
 */
export function decodeSkipToken(text: string, query: string): SkipToken {
  const [generation, began, served, tracks, ...after] = unsealLiterals(text, query, TOKEN);
  if (generation?.type !== 'integer' || began?.type !== 'integer' || served?.type !== 'integer') {
    throw badToken(TOKEN);
  }
  if (tracks?.type !== 'boolean') throw badToken(TOKEN);
  return {
    generation: Number(generation.value),
    began: Number(began.value),
    served: Number(served.value),
    tracks: tracks.value,
    after,
  };
}
