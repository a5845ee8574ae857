// What the doctor says of one thing: whether it is well, and where it is not, what to do.
import { isNativeError } from 'node:util/types';
import { FeedError } from '../../base/feed-error.ts';
import type { Clock } from '../../base/clock.ts';
import type { Settings } from '../../settings/settings.ts';

export interface Finding {
  /** `warn`: it works, and may not for ever or for everyone. `fail`: it does not. */
  readonly verdict: 'ok' | 'warn' | 'fail';
  /** A word or two. */
  readonly subject: string;
  /** What was found, in sentences; what to do where it is not well. */
  readonly message: string;
}

/** What it throws is a finding too. */
export type Check = (settings: Settings, clock: Clock) => Promise<readonly Finding[]> | readonly Finding[];

type Say = (subject: string, ...sentences: readonly string[]) => Finding;

const saying =
  (verdict: Finding['verdict']): Say =>
  (subject, ...sentences) => ({ verdict, subject, message: sentences.join(' ') });

export const ok = saying('ok');
export const warn = saying('warn');
export const fail = saying('fail');

export function failureOf(subject: string, error: unknown): Finding {
  if (!isNativeError(error)) throw error;
  return fail(subject, error.message, ...(error instanceof FeedError && error.hint ? [error.hint] : []));
}
