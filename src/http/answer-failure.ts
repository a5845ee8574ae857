// The one place that maps errors to HTTP: status, headers and body of each error code.
import type { ErrorCode } from '../base/error-codes.ts';
import { FeedError } from '../base/feed-error.ts';
import { encodeError } from '../format/odata/encode-error.ts';
import type { Answer } from './answer.ts';

/**
 * Bad queries and limits are 400, since clients show the message of a 400 to their user. 401 and 403 would make Power BI
 * ask for credentials again; 408, 429, 503, 504 and 509 make it try again, so they are for what may work later.
 */
export const HTTP_STATUS = {
  'request.malformed-url': 400,
  'request.unknown-resource': 404,
  'request.unknown-property': 400,
  'request.unknown-option': 400,
  'request.duplicate-option': 400,
  'request.malformed-option': 400,
  'request.malformed-expression': 400,
  'request.type-mismatch': 400,
  'request.not-in-v1': 400,
  'request.not-offered': 501,
  'request.bad-version': 400,
  'request.bad-history-days': 400,
  'request.bad-skiptoken': 400,
  'request.bad-deltatoken': 400,
  'request.generation-gone': 410,
  'request.no-such-entity': 404,
  'request.bad-key': 400,
  'request.strange-host': 400,
  'request.method-not-allowed': 405,
  'request.not-acceptable': 406,
  'request.unsupported-media': 415,
  'request.malformed-batch': 400,
  'request.failed-dependency': 424,
  'request.protocol-version': 400,
  'auth.required': 401,
  'auth.forbidden': 403,
  'limit.query-too-long': 400,
  'limit.too-complex': 400,
  'limit.body-too-large': 413,
  'limit.batch-too-large': 400,
  'limit.deadline': 400,
  'limit.busy': 503,
  'limit.too-slow': 408,
  'limit.budget': 429,
  'feed.empty': 503,
  'feed.unavailable': 503,
  'feed.night-running': 503,
  'feed.source-refused': 502,
  'feed.source-unavailable': 502,
  'feed.night-refused': 503,
  'setup.bad-setting': 500,
  'setup.unsafe': 500,
  'defect.internal': 500,
} as const satisfies Record<ErrorCode, number>;

// Whole seconds, as clients read nothing else, and never longer than Power BI is willing to wait.
const RETRY_AFTER_SECONDS = 10;
const MAX_RETRY_AFTER_SECONDS = 120;

/** What a caller may see of anything thrown: a FeedError as it is, anything else as a defect without details. */
export function asFeedError(thrown: unknown): FeedError {
  if (thrown instanceof FeedError) return thrown;
  const hint = 'Look for its request-id in the log of the feed.';
  return new FeedError('defect.internal', 'An internal error occurred.', { hint, cause: thrown });
}

export function answerFailure(error: FeedError): Answer & { readonly body: Uint8Array } {
  const status = HTTP_STATUS[error.code];
  return {
    status,
    headers: {
      'Content-Type': 'application/json;charset=utf-8',
      'Cache-Control': 'no-store',
      ...headersOf(error, status),
    },
    body: encodeError(error),
    code: error.code,
  };
}

function headersOf(error: FeedError, status: number): Readonly<Record<string, string>> {
  if (status === 405) return { Allow: 'GET, HEAD' };
  // The rest of the body would have to be read before the next request.
  if (status === 413) return { Connection: 'close' };
  if (error.location !== undefined) return { Location: error.location };
  if (status !== 503 && status !== 429) return {};
  const seconds = Math.ceil(error.retryAfterSeconds ?? RETRY_AFTER_SECONDS);
  return { 'Retry-After': String(Math.min(Math.max(seconds, 1), MAX_RETRY_AFTER_SECONDS)) };
}
