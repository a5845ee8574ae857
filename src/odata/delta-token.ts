// Where the tracking of changes goes on: up to which generation, and when, a client has read a collection.
import type { LiteralValue } from './expression.ts';
import { badToken, sealLiterals, type Token, unsealLiterals } from './token-seal.ts';

export interface DeltaToken {
  /** The generation that the client has read. */
  readonly generation: number;
  /** When that reading began, in milliseconds of the epoch: what `now()` and maxhistorydays meant in it. */
  readonly began: number;
}

/** Asks for no rows but for where to go on from: changes from this moment on. Microsoft Graph knows the word, too. */
export const LATEST = 'latest';

const TOKEN: Token = {
  option: '$deltatoken',
  code: 'request.bad-deltatoken',
  hint: 'Follow @odata.deltaLink as it stands, or read the collection again with Prefer: odata.track-changes.',
};

/** `query` is whatever text must stay the same from one reading of changes to the next. */
export function encodeDeltaToken({ generation, began }: DeltaToken, query: string): string {
  const numbers = [generation, began].map((each): LiteralValue => {
    return { type: 'integer', value: BigInt(each) };
  });
  return sealLiterals(numbers, `${TOKEN.option} ${query}`);
}

/** Throws FeedError `request.bad-deltatoken` for whatever was not made here for this query. */
export function decodeDeltaToken(text: string, query: string): DeltaToken {
  const [generation, began] = unsealLiterals(text, `${TOKEN.option} ${query}`, TOKEN);
  if (generation?.type !== 'integer' || began?.type !== 'integer') throw badToken(TOKEN);
  return { generation: Number(generation.value), began: Number(began.value) };
}
