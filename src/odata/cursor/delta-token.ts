// The delta token: which generation of a collection a client has read, and when.
import type { LiteralValue } from '../syntax/expression.ts';
import { invalidToken, encodeLiterals, type CursorOption, decodeLiterals } from './encode-literals.ts';

export interface DeltaToken {
  /** The generation that the client has read. */
  readonly generation: number;
  /** When that read began, in milliseconds of the epoch: the time of `now()` and maxhistorydays in it. */
  readonly startedAt: number;
}

/** `$deltatoken=latest` asks for no rows, only for a delta link from now on, as in Microsoft Graph. */
export const LATEST_DELTA_TOKEN = 'latest';

const DELTA_TOKEN: CursorOption = {
  option: '$deltatoken',
  code: 'request.bad-deltatoken',
  hint: 'Follow @odata.deltaLink unchanged, or read the collection again with Prefer: odata.track-changes.',
};

/** `scope` is the text that must stay the same from one read of changes to the next. */
export function encodeDeltaToken({ generation, startedAt }: DeltaToken, scope: string): string {
  const numbers = [generation, startedAt].map((each): LiteralValue => {
    return { type: 'integer', value: BigInt(each) };
  });
  return encodeLiterals(numbers, `${DELTA_TOKEN.option} ${scope}`);
}

/** Throws FeedError `request.bad-deltatoken` for a text that was not made by this feed for this query. */
export function decodeDeltaToken(text: string, scope: string): DeltaToken {
  const [generation, startedAt] = decodeLiterals(text, `${DELTA_TOKEN.option} ${scope}`, DELTA_TOKEN);
  if (generation?.type !== 'integer' || startedAt?.type !== 'integer') throw invalidToken(DELTA_TOKEN);
  return { generation: Number(generation.value), startedAt: Number(startedAt.value) };
}
