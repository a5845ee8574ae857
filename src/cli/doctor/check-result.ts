// The result of one check: ok, warning or failed, with what to do.
import { isNativeError } from 'node:util/types';
import { FeedError } from '../../base/feed-error.ts';
import type { Clock } from '../../base/clock.ts';
import type { Settings } from '../../settings/settings.ts';

export interface CheckResult {
  /** `warn`: it works now, but maybe not later or not for everyone. `fail`: it does not work. */
  readonly status: 'ok' | 'warn' | 'fail';
  /** A word or two. */
  readonly subject: string;
  /** What was found, in sentences, and what to do about it. */
  readonly message: string;
}

/** An error that it throws becomes a failed result. */
export type Check = (
  settings: Settings,
  clock: Clock,
) => Promise<readonly CheckResult[]> | readonly CheckResult[];

type ResultMaker = (subject: string, ...sentences: readonly string[]) => CheckResult;

const resultWith =
  (status: CheckResult['status']): ResultMaker =>
  (subject, ...sentences) => ({ status, subject, message: sentences.join(' ') });

export const ok = resultWith('ok');
export const warn = resultWith('warn');
export const fail = resultWith('fail');

export function failedCheck(subject: string, error: unknown): CheckResult {
  if (!isNativeError(error)) throw error;
  return fail(subject, error.message, ...(error instanceof FeedError && error.hint ? [error.hint] : []));
}
