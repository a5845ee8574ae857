// Where the tracking of changes goes on: up to which generation, and when, a client has read a collection.
import type { LiteralValue } from '../syntax/expression.ts';
import { invalidToken, encodeLiterals, type CursorOption, decodeLiterals } from './encode-literals.ts';

export interface DeltaToken {
  /** The generation that the client has read. */
  readonly generation: number;
  /** When that reading began, in milliseconds of the epoch: what `now()` and maxhistorydays meant in it. */
  readonly startedAt: number;
}

/** Asks for no rows but for where to go on from: changes from this moment on. Microsoft Graph knows the word, too. */
export const LATEST_DELTA_TOKEN = 'latest';

const DELTA_TOKEN: CursorOption = {
  option: '$deltatoken',
  code: 'request.bad-deltatoken',
  hint: 'Follow @odata.deltaLink as it stands, or read the collection again with Prefer: odata.track-changes.',
};

/** `query` is whatever text must stay the same from one reading of changes to the next. */
export function encodeDeltaToken({ generation, startedAt }: DeltaToken, scope: string): string {
  const numbers = [generation, startedAt].map((each): LiteralValue => {
    return { type: 'integer', value: BigInt(each) };
  });
  return encodeLiterals(numbers, `${DELTA_TOKEN.option} ${scope}`);
}

/** Throws FeedError `request.bad-deltatoken` for whatever was not made here for this query. */
export function decodeDeltaToken(text: string, scope: string): DeltaToken {
  const [generation, startedAt] = decodeLiterals(text, `${DELTA_TOKEN.option} ${scope}`, DELTA_TOKEN);
  if (generation?.type !== 'integer' || startedAt?.type !== 'integer') throw invalidToken(DELTA_TOKEN);
  return { generation: Number(generation.value), startedAt: Number(startedAt.value) };
}
