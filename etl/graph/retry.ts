// What to do about an answer of Graph that is not the one hoped for: a pure table, so that every rule can be tested as a row.

/** How patiently a request is repeated. */
export interface Pace {
  /** All tries together, the first one included. */
  readonly tries: number;
  /** Wait before the second try where Graph names none; doubles with each further try. */
  readonly firstDelayMs: number;
  /** No wait is longer, whatever Graph asks for. */
  readonly longestDelayMs: number;
  /** A request without a whole answer by then has failed. */
  readonly requestMs: number;
}

export const PACE: Pace = { tries: 6, firstDelayMs: 2_000, longestDelayMs: 300_000, requestMs: 120_000 };

/** How a try ended, when it did not end well. */
export type Mishap =
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

export type Verdict =
  | {
      readonly kind: 'retry';
      readonly afterMs: number;
      readonly reason: string;
      /** There were too many requests: whoever asks in the same area has to wait as long. */
      readonly throttled: boolean;
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
const BROKER_IS_BUSY = /rate limit reached|too many requests/i;

const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

/** What was done so far for one request. */
export interface Tried {
  /** Counted from 1. */
  readonly tries: number;
  readonly renewed: boolean;
}

/** `chance` in [0, 1) spreads waits that Graph did not name, so that parallel readers do not return together. */
export function judge(mishap: Mishap, tried: Tried, pace: Pace, now: Date, chance: number): Verdict {
  if (mishap.kind === 'status') {
    if (mishap.status === 410 || mishap.code === 'Directory_ExpiredPageToken')
      return { kind: 'page-expired' };
    if (mishap.status === 401) {
      return tried.renewed ? { kind: 'refused' } : { kind: 'renew-token', claims: mishap.claims ?? null };
    }
    if (!passes(mishap)) return { kind: mishap.status >= 500 ? 'unavailable' : 'refused' };
  }
  if (tried.tries >= pace.tries) return { kind: 'unavailable' };
  const named = mishap.kind === 'status' ? namedDelayMs(mishap.retryAfter, now) : null;
  const doubled = pace.firstDelayMs * 2 ** (tried.tries - 1);
  const afterMs = Math.min(named ?? doubled * (0.75 + chance / 2), pace.longestDelayMs);
  return {
    kind: 'retry',
    afterMs: Math.ceil(afterMs),
    reason: reasonOf(mishap),
    throttled: isThrottled(mishap),
  };
}

/** A few words for the log: never Graph's message, which holds internal addresses. */
export function reasonOf(mishap: Mishap): string {
  if (mishap.kind === 'broken') return mishap.reason;
  return mishap.code === '' ? `HTTP ${mishap.status}` : `HTTP ${mishap.status} ${mishap.code}`;
}

type Answered = Mishap & { readonly kind: 'status' };

function passes(mishap: Answered): boolean {
  return PASSING_STATUSES.has(mishap.status) || isThrottled(mishap);
}

function isThrottled(mishap: Mishap): boolean {
  if (mishap.kind === 'broken') return false;
  const { status, message, retryAfter } = mishap;
  return (
    status === 429 ||
    (status === 503 && retryAfter !== null) ||
    (status === 500 && BROKER_IS_BUSY.test(message))
  );
}

function namedDelayMs(retryAfter: string | null, now: Date): number | null {
  if (retryAfter === null || retryAfter.trim() === '') return null;
  const seconds = Number(retryAfter);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? null : Math.max(0, date - now.getTime());
}
