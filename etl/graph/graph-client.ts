// Reads JSON from Microsoft Graph, patiently: each request is repeated as retry.ts decides, and waits its turn as traffic.ts does.
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

/** Reads a whole answer into a value, or says that it is not one (null). */
export type ResponseParser<Value> = (json: unknown) => Value | null;

export type GraphResult<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  /** A link to a further page had become too old. */
  | { readonly kind: 'page-expired' };

export interface GraphClient {
  /** Of the cloud, without a slash at its end. */
  readonly rootUrl: string;
  /** For addresses that are not Graph's own, such as the storage of exports. */
  readonly fetch: Fetch;
  /** Where a list that lives at an address below the root is asked for. */
  listAddress(address: string): URL;
  /**
   * GETs a path below the root, such as `/v1.0/users?$top=999`, or a link as Graph gave it.
   * Throws FeedError `feed.source-refused` where asking again is of no use, `feed.source-unavailable` after the last try.
   */
  get<Value>(address: string, parse: ResponseParser<Value>): Promise<GraphResult<Value>>;
  /**
   * POSTs a question as JSON, such as a report action or a $batch of reads: nothing in the tenant is changed by it, so it
   * is repeated like any other. Throws as `get` does.
   */
  post<Value>(address: string, body: unknown, parse: ResponseParser<Value>): Promise<GraphResult<Value>>;
}

export interface GraphClientOptions {
  readonly rootUrl: string;
  readonly token: TokenSource;
  /** Observes retries. Its signal ends every request and every wait, which then throw its reason. */
  readonly run: RunContext;
  readonly retryPolicy?: RetryPolicy;
  readonly fetch?: Fetch;
  readonly listOptions?: ListOptions;
  /** Requests under way in one area of Graph; four unless told. */
  readonly concurrencyPerArea?: number;
}

/** A night asks a few hundred times in all: more at once would only meet the throttle sooner. */
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
          // Others would only be throttled too, and make the wait longer.
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
          throw graphError('feed.source-unavailable', 'could not give', source, failure, requestId);
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
      // Asked for with every try: a long wait may have outlived the last one.
      sentToken = await token.accessToken();
      const response = await fetch(url, {
        ...(body === null ? {} : { method: 'POST', body }),
        headers: {
          ...(body === null ? {} : { 'content-type': 'application/json' }),
          authorization: `Bearer ${sentToken}`,
          accept: 'application/json;odata.metadata=minimal',
          prefer: 'include-unknown-enum-members',
          'client-request-id': requestId,
          // The directory counts only for whoever can do with a count that is some minutes old.
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
      return brokenAttempt('an answer of another shape', requestId, sentToken);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof FeedError && error.code === 'feed.source-refused') throw error;
      return brokenAttempt(
        deadline.aborted ? 'no answer in time' : connectionFailureReason(error),
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

/** How a source is called in observations and problems: its path, without query. */
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

/** What continuous access evaluation wants a new token to tell, as JSON; null where it wants nothing. */
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
  if (error instanceof SyntaxError) return 'an answer cut short';
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

/** What `refusalStatus` reads; Graph's message stays out, since it holds internal addresses. */
function graphErrorCause(failure: RequestFailure): { readonly cause?: GraphErrorCause } {
  return failure.kind === 'status' ? { cause: { status: failure.status, code: failure.code } } : {};
}
