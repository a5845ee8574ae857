// Reads JSON from Microsoft Graph: requests are limited by concurrency-limiter.ts and repeated as retry-decision.ts decides.
import { randomUUID } from 'node:crypto';
import { FeedError } from '../../src/base/feed-error.ts';
import { parseJson } from './parse-json.ts';
import { listAddress, DEFAULT_LIST_OPTIONS, type ListOptions } from './list-address.ts';
import {
  makeProxyFetch,
  DIRECT_CONNECTION,
  type Fetch,
  type Response,
} from '../../src/network/proxy-fetch.ts';
import {
  classifyFailure,
  DEFAULT_RETRY_POLICY,
  failureReason,
  type RequestFailure,
  type RetryPolicy,
} from './retry-decision.ts';
import type { GraphErrorCause } from './source-failure.ts';
import type { TokenSource } from './sign-in/token-source.ts';
import type { RunContext } from '../run-context.ts';
import { areaOf, makeConcurrencyLimiter } from './concurrency-limiter.ts';
import { pause } from './pause.ts';

/** Graph, and the run that reads it. */
export interface GraphAccess {
  readonly graph: GraphClient;
  readonly run: RunContext;
}

/** Returns null for a response of an unexpected shape. */
export type ResponseParser<Value> = (json: unknown) => Value | null;

export type GraphResult<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  /** The link to the page is too old. */
  | { readonly kind: 'page-expired' };

export interface GraphClient {
  /** The root of Graph in this cloud, without a slash at its end. */
  readonly rootUrl: string;
  /** For addresses outside of Graph, such as the storage of exports. */
  readonly fetch: Fetch;
  /** The URL of a list below the root, with the query options that the settings ask for. */
  listAddress(address: string): URL;
  /**
   * GETs a path below the root, such as `/v1.0/users?$top=999`, or a link as Graph gave it.
   * Throws FeedError `feed.source-refused` when repeating would not help, `feed.source-unavailable` after the last attempt.
   */
  get<Value>(address: string, parse: ResponseParser<Value>): Promise<GraphResult<Value>>;
  /**
   * POSTs a query as JSON, such as a report action or a $batch of reads. It changes nothing in the tenant, so it is
   * repeated like a GET. Throws as `get` does.
   */
  post<Value>(address: string, body: unknown, parse: ResponseParser<Value>): Promise<GraphResult<Value>>;
}

export interface GraphClientOptions {
  readonly rootUrl: string;
  readonly token: TokenSource;
  /** Retries are reported to its observer. Its signal ends every request and every wait, which then throw its reason. */
  readonly run: RunContext;
  readonly retryPolicy?: RetryPolicy;
  readonly fetch?: Fetch;
  readonly listOptions?: ListOptions;
  /** Requests that run at once in one area of Graph; four by default. */
  readonly concurrencyPerArea?: number;
}

/** A run needs a few hundred requests; more at once would only be throttled sooner. */
export const DEFAULT_CONCURRENCY_PER_AREA = 4;

interface GraphRequest {
  readonly url: URL;
  /** JSON to POST, or null for a GET. */
  readonly body: string | null;
}

type AttemptResult<Value> = { readonly kind: 'value'; readonly value: Value } | FailedAttempt;

interface FailedAttempt {
  readonly kind: 'failure';
  readonly failure: RequestFailure;
  readonly requestId: string;
  /** The token that was sent. */
  readonly sentToken: string;
}

export function openGraphClient({
  rootUrl,
  token,
  run: { runId, observe, signal },
  retryPolicy = DEFAULT_RETRY_POLICY,
  fetch = makeProxyFetch(DIRECT_CONNECTION),
  listOptions = DEFAULT_LIST_OPTIONS,
  concurrencyPerArea = DEFAULT_CONCURRENCY_PER_AREA,
}: GraphClientOptions): GraphClient {
  const root = rootUrl.replace(/\/+$/, '');
  const limiter = makeConcurrencyLimiter(concurrencyPerArea, signal);

  async function request<Value>(
    graphRequest: GraphRequest,
    parse: ResponseParser<Value>,
  ): Promise<GraphResult<Value>> {
    const source = sourceName(graphRequest.url);
    const area = areaOf(graphRequest.url);
    let isTokenRenewed = false;
    for (let attempts = 1; ; attempts += 1) {
      const leaveArea = await limiter.enter(area);
      const result = await attempt(graphRequest, parse).finally(leaveArea);
      if (result.kind === 'value') return result;
      const { failure, requestId, sentToken } = result;
      const decision = classifyFailure(
        failure,
        { attempts, isTokenRenewed },
        retryPolicy,
        new Date(),
        Math.random(),
      );
      switch (decision.kind) {
        case 'retry':
          observe({
            kind: 'run.retry',
            run: runId,
            source,
            reason: decision.reason,
            delayMs: decision.delayMs,
          });
          // Other requests in the area would be throttled too, and make the wait longer.
          if (decision.isThrottled) limiter.backOff(area, decision.delayMs);
          else await pause(decision.delayMs, signal);
          break;
        case 'renew-token':
          await token.renewToken(sentToken, decision.claims);
          isTokenRenewed = true;
          break;
        case 'page-expired':
          return { kind: 'page-expired' };
        case 'refused':
          throw graphError('feed.source-refused', 'refused', source, failure, requestId);
        case 'unavailable':
          throw graphError('feed.source-unavailable', 'could not deliver', source, failure, requestId);
      }
    }
  }

  async function attempt<Value>(
    { url, body }: GraphRequest,
    parse: ResponseParser<Value>,
  ): Promise<AttemptResult<Value>> {
    const requestId = randomUUID();
    const deadline = AbortSignal.timeout(retryPolicy.requestTimeoutMs);
    let sentToken = '';
    try {
      // For each attempt: the last token may have expired during a long wait.
      sentToken = await token.accessToken();
      const response = await fetch(url, {
        ...(body === null ? {} : { method: 'POST', body }),
        headers: {
          ...(body === null ? {} : { 'content-type': 'application/json' }),
          authorization: `Bearer ${sentToken}`,
          accept: 'application/json;odata.metadata=minimal',
          prefer: 'include-unknown-enum-members',
          'client-request-id': requestId,
          // The directory counts only in this mode, in which the count may be some minutes old.
          ...(url.searchParams.get('$count') === 'true' && { consistencylevel: 'eventual' }),
          'user-agent': 'Fleetfeed',
        },
        redirect: 'manual',
        signal: AbortSignal.any([signal, deadline]),
      });
      const text = await response.text();
      if (!response.ok)
        return { kind: 'failure', failure: statusFailure(response, text), requestId, sentToken };
      const value = parse(parseJson(text));
      if (value !== null) return { kind: 'value', value };
      return brokenAttempt('a response of an unexpected shape', requestId, sentToken);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof FeedError && error.code === 'feed.source-refused') throw error;
      return brokenAttempt(
        deadline.aborted ? 'no response in time' : connectionFailureReason(error),
        requestId,
        sentToken,
      );
    }
  }

  return {
    rootUrl: root,
    fetch,
    listAddress: (address) => listAddress(root, address, listOptions),
    get: (address, parse) => request({ url: new URL(address, root), body: null }, parse),
    post: (address, body, parse) =>
      request({ url: new URL(address, root), body: JSON.stringify(body) }, parse),
  };
}

/** The name of a source in observations and problems: its path, without the query. */
export function sourceName(url: URL): string {
  return url.pathname.replace(/^\//, '');
}

function statusFailure(response: Response, body: string): RequestFailure {
  const error = parseErrorBody(body);
  return {
    kind: 'status',
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    code: error.code,
    message: error.message,
    claims: challengeClaims(response),
  };
}

/** The claims that continuous access evaluation wants in a new token, as JSON; null when it wants none. */
function challengeClaims({ headers }: Response): string | null {
  const [, claims] = /\bclaims="([^"]+)"/.exec(headers.get('www-authenticate') ?? '') ?? [];
  return claims === undefined ? null : Buffer.from(claims, 'base64').toString();
}

function parseErrorBody(body: string): { readonly code: string; readonly message: string } {
  try {
    const { error } = JSON.parse(body) as { error?: { code?: unknown; message?: unknown } };
    return {
      code: typeof error?.code === 'string' ? error.code : '',
      message: typeof error?.message === 'string' ? error.message : '',
    };
  } catch {
    return { code: '', message: body.slice(0, 1000) };
  }
}

function brokenAttempt(reason: string, requestId: string, sentToken: string): FailedAttempt {
  return { kind: 'failure', failure: { kind: 'broken', reason }, requestId, sentToken };
}

function connectionFailureReason(error: unknown): string {
  if (error instanceof FeedError) return error.message;
  if (error instanceof SyntaxError) return 'a truncated response';
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : '';
  return typeof code === 'string' && code !== '' ? `a broken connection (${code})` : 'a broken connection';
}

function graphError(
  code: 'feed.source-refused' | 'feed.source-unavailable',
  phrase: string,
  source: string,
  failure: RequestFailure,
  requestId: string,
): FeedError {
  const hint =
    failure.kind === 'status' && failure.status === 403
      ? 'Grant the app registration the permission that this source needs, and check the Intune licence.'
      : undefined;
  return new FeedError(
    code,
    `Microsoft Graph ${phrase} ${source}: ${failureReason(failure)} (client-request-id ${requestId}).`,
    { target: source, hint, ...graphErrorCause(failure) },
  );
}

/** What `failureStatus` reads. Graph's message is left out, since it contains internal addresses. */
function graphErrorCause(failure: RequestFailure): { readonly cause?: GraphErrorCause } {
  return failure.kind === 'status' ? { cause: { status: failure.status, code: failure.code } } : {};
}
