// Decides what to do about a failed request to Graph. It is pure, so that every rule can be tested as a row of a table.
import { isTransientStatus } from './transient-status.ts';

/** How often, and after which waits, a request is repeated. */
export interface RetryPolicy {
  /** The first one included. */
  readonly maxAttempts: number;
  /** Wait before the second attempt when Graph asks for none; doubles with each further attempt. */
  readonly initialDelayMs: number;
  /** No wait is longer, whatever Graph asks for. */
  readonly maxDelayMs: number;
  /** A request without a whole response by then has failed. */
  readonly requestTimeoutMs: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  maxAttempts: 6,
  initialDelayMs: 2_000,
  maxDelayMs: 300_000,
  requestTimeoutMs: 120_000,
};

/** How an attempt failed. */
export type RequestFailure =
  /** Graph answered with a status that is not 2xx. */
  | {
      readonly kind: 'status';
      readonly status: number;
      /** As sent; seconds, possibly with a fraction, or an HTTP date. */
      readonly retryAfter: string | null;
      /** Graph's own error code, e.g. `TooManyRequests`; empty when the body had none. */
      readonly code: string;
      readonly message: string;
      /** The claims that Graph wants in a new token, as JSON; null or absent when it wants none. */
      readonly claims?: string | null;
    }
  /** No usable response: connection reset, timeout, a truncated body, or one of an unexpected shape. */
  | { readonly kind: 'broken'; readonly reason: string };

export type RetryDecision =
  | {
      readonly kind: 'retry';
      readonly delayMs: number;
      readonly reason: string;
      /** There were too many requests: every request to the same area has to wait. */
      readonly isThrottled: boolean;
    }
  /** The token was rejected: renew it and repeat the request at once. */
  | { readonly kind: 'renew-token'; readonly claims: string | null }
  /** The page link is too old: the collection must be read again from its start. */
  | { readonly kind: 'page-expired' }
  /** Repeating will not help: a permission, a licence or the resource itself is missing. */
  | { readonly kind: 'refused' }
  /** The last attempt has failed. */
  | { readonly kind: 'unavailable' };

// Intune's device broker reports throttling as a server error.
const BROKER_THROTTLED = /rate limit reached|too many requests/i;

/** What was already tried for one request. */
export interface AttemptState {
  /** Counted from 1. */
  readonly attempts: number;
  readonly isTokenRenewed: boolean;
}

/** `random`, in [0, 1), spreads the waits that Graph does not prescribe, so that parallel requests do not repeat together. */
export function classifyFailure(
  failure: RequestFailure,
  state: AttemptState,
  policy: RetryPolicy,
  now: Date,
  random: number,
): RetryDecision {
  if (failure.kind === 'status') {
    if (failure.status === 410 || failure.code === 'Directory_ExpiredPageToken')
      return { kind: 'page-expired' };
    if (failure.status === 401) {
      return state.isTokenRenewed
        ? { kind: 'refused' }
        : { kind: 'renew-token', claims: failure.claims ?? null };
    }
    if (!isTransientStatus(failure.status) && !isThrottled(failure))
      return { kind: failure.status >= 500 ? 'unavailable' : 'refused' };
  }
  if (state.attempts >= policy.maxAttempts) return { kind: 'unavailable' };
  const requestedMs = failure.kind === 'status' ? retryAfterMs(failure.retryAfter, now) : null;
  const backOffMs = policy.initialDelayMs * 2 ** (state.attempts - 1);
  const delayMs = Math.min(requestedMs ?? backOffMs * (0.75 + random / 2), policy.maxDelayMs);
  return {
    kind: 'retry',
    delayMs: Math.ceil(delayMs),
    reason: failureReason(failure),
    isThrottled: isThrottled(failure),
  };
}

/** For the log. Without Graph's message, which contains internal addresses. */
export function failureReason(failure: RequestFailure): string {
  if (failure.kind === 'broken') return failure.reason;
  return failure.code === '' ? `HTTP ${failure.status}` : `HTTP ${failure.status} ${failure.code}`;
}

function isThrottled(failure: RequestFailure): boolean {
  if (failure.kind === 'broken') return false;
  const { status, message, retryAfter } = failure;
  return (
    status === 429 ||
    (status === 503 && retryAfter !== null) ||
    (status === 500 && BROKER_THROTTLED.test(message))
  );
}

function retryAfterMs(retryAfter: string | null, now: Date): number | null {
  if (retryAfter === null || retryAfter.trim() === '') return null;
  const seconds = Number(retryAfter);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? null : Math.max(0, date - now.getTime());
}
