// What to do about an answer of Graph that is not the one hoped for: a pure table, so that every rule can be tested as a row.

/** How patiently a request is repeated. */
export interface RetryPolicy {
  /** All tries together, the first one included. */
  readonly maxAttempts: number;
  /** Wait before the second try where Graph names none; doubles with each further try. */
  readonly initialDelayMs: number;
  /** No wait is longer, whatever Graph asks for. */
  readonly maxDelayMs: number;
  /** A request without a whole answer by then has failed. */
  readonly requestTimeoutMs: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  maxAttempts: 6,
  initialDelayMs: 2_000,
  maxDelayMs: 300_000,
  requestTimeoutMs: 120_000,
};

/** How a try ended, when it did not end well. */
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
      /** What Graph wants a new token to tell, as JSON; null or left out where it wants nothing. */
      readonly claims?: string | null;
    }
  /** No whole answer: reset connection, timeout, a body cut short, or one of another shape than asked for. */
  | { readonly kind: 'broken'; readonly reason: string };

export type RetryDecision =
  | {
      readonly kind: 'retry';
      readonly delayMs: number;
      readonly reason: string;
      /** There were too many requests: whoever asks in the same area has to wait as long. */
      readonly isThrottled: boolean;
    }
  /** The token was not taken: renew it and ask again at once. */
  | { readonly kind: 'renew-token'; readonly claims: string | null }
  /** The page link is too old: the collection must be read again from its start. */
  | { readonly kind: 'page-expired' }
  /** Asking again will not help: a right, a licence or the resource itself is missing. */
  | { readonly kind: 'refused' }
  /** Asked often enough. */
  | { readonly kind: 'unavailable' };

// Intune's device broker reports throttling as a server error.
const BROKER_THROTTLED = /rate limit reached|too many requests/i;

const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

/** What was done so far for one request. */
export interface AttemptState {
  /** Counted from 1. */
  readonly attempts: number;
  readonly isTokenRenewed: boolean;
}

/** `chance` in [0, 1) spreads waits that Graph did not name, so that parallel readers do not return together. */
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
    if (!isTransient(failure)) return { kind: failure.status >= 500 ? 'unavailable' : 'refused' };
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

/** A few words for the log: never Graph's message, which holds internal addresses. */
export function failureReason(failure: RequestFailure): string {
  if (failure.kind === 'broken') return failure.reason;
  return failure.code === '' ? `HTTP ${failure.status}` : `HTTP ${failure.status} ${failure.code}`;
}

type StatusFailure = RequestFailure & { readonly kind: 'status' };

function isTransient(failure: StatusFailure): boolean {
  return TRANSIENT_STATUSES.has(failure.status) || isThrottled(failure);
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
