// Where a chain of pages goes on.
import type { FeedError } from '../../base/feed-error.ts';
import type { LiteralValue } from '../syntax/expression.ts';
import { invalidToken, encodeLiterals, type CursorOption, decodeLiterals } from './encode-literals.ts';

export interface SkipToken {
  /** The generation that the chain began on. */
  readonly generation: number;
  /** When the chain began, in milliseconds of the epoch: what `now()` and maxhistorydays mean on all its pages. */
  readonly startedAt: number;
  /** Rows that the pages so far have held, so that $top spans pages. */
  readonly served: number;
  /** Whether its last page is to say how changes are asked for. */
  readonly tracksChanges: boolean;
  /** The order values of the last row sent. */
  readonly after: readonly LiteralValue[];
}

const SKIP_TOKEN: CursorOption = {
  option: '$skiptoken',
  code: 'request.bad-skiptoken',
  hint: 'Follow @odata.nextLink as it stands, or begin again without $skiptoken.',
};

/** `query` is whatever text must stay the same from page to page. */
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
 * Reads a token back. The types of the order values are for the plan to check.
 * Throws FeedError `request.bad-skiptoken` for whatever was not made here for this query.
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

/** The error for a token that fits the query in form and not in meaning. */
export function invalidSkipToken(): FeedError {
  return invalidToken(SKIP_TOKEN);
}
