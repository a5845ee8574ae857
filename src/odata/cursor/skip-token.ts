// The skip token: the position of a paging cursor.
import type { FeedError } from '../../base/feed-error.ts';
import type { LiteralValue } from '../syntax/expression.ts';
import { invalidToken, encodeLiterals, type CursorOption, decodeLiterals } from './encode-literals.ts';

export interface SkipToken {
  /** The generation that all pages of the cursor are read from. */
  readonly generation: number;
  /** When the first page was read, in milliseconds of the epoch: the time of `now()` and maxhistorydays on all pages. */
  readonly startedAt: number;
  /** Rows on the pages so far, so that $top applies to all pages together. */
  readonly served: number;
  /** Whether the last page has a delta link. */
  readonly tracksChanges: boolean;
  /** The order values of the last row sent. */
  readonly after: readonly LiteralValue[];
}

const SKIP_TOKEN: CursorOption = {
  option: '$skiptoken',
  code: 'request.bad-skiptoken',
  hint: 'Follow @odata.nextLink unchanged, or begin again without $skiptoken.',
};

/** `scope` is the text that must stay the same from page to page. */
export function encodeSkipToken(
  { generation, startedAt, served, tracksChanges, after }: SkipToken,
  scope: string,
): string {
  const numbers = [generation, startedAt, served].map((each): LiteralValue => {
    return { type: 'integer', value: BigInt(each) };
  });
  return encodeLiterals([...numbers, { type: 'boolean', value: tracksChanges }, ...after], scope);
}

/**
 * Reads a token. The plan checks the types of the order values.
 * Throws FeedError `request.bad-skiptoken` for a text that was not made by this feed for this query.
 */
export function decodeSkipToken(text: string, scope: string): SkipToken {
  const [generation, startedAt, served, tracksChanges, ...after] = decodeLiterals(text, scope, SKIP_TOKEN);
  if (generation?.type !== 'integer' || startedAt?.type !== 'integer' || served?.type !== 'integer') {
    throw invalidSkipToken();
  }
  if (tracksChanges?.type !== 'boolean') throw invalidSkipToken();
  return {
    generation: Number(generation.value),
    startedAt: Number(startedAt.value),
    served: Number(served.value),
    tracksChanges: tracksChanges.value,
    after,
  };
}

/** The error for a token whose values do not fit the query. */
export function invalidSkipToken(): FeedError {
  return invalidToken(SKIP_TOKEN);
}
