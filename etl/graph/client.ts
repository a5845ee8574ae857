// Reads JSON from Microsoft Graph, patiently: each request is repeated as retry.ts decides, and waits its turn as traffic.ts does.
import { randomUUID } from 'node:crypto';
import type { Response } from 'undici';
import { FeedError } from '../../src/base/feed-error.ts';
import type { Observer } from '../../src/base/observation.ts';
import { parseJson } from './json.ts';
import { listAddress, USUAL_ASKING, type Asking } from './list-address.ts';
import { fetchBy, STRAIGHT, type Fetch } from './network.ts';
import { judge, PACE, reasonOf, type Mishap, type Pace } from './retry.ts';
import type { GraphRefusal } from './source-failure.ts';
import type { TokenSource } from './token.ts';
import { areaOf, openTraffic, pause } from './traffic.ts';

/** Reads a whole answer into a value, or says that it is not one (null). */
export type Parse<Value> = (json: unknown) => Value | null;

export type Answer<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  /** A link to a further page had become too old. */
  | { readonly kind: 'page-expired' };

export interface Graph {
  /** Of the cloud, without a slash at its end. */
  readonly rootUrl: string;
  readonly run: string;
  readonly observe: Observer;
  /** Aborted when the night is called off. */
  readonly signal: AbortSignal;
  /** The way out, for what is not Graph's own, such as the storage of exports. */
  readonly fetch: Fetch;
  /** Where a list that lives at an address below the root is asked for. */
  listAddress(address: string): URL;
  /**
   * GETs a path below the root, such as `/v1.0/users?$top=999`, or a link as Graph gave it.
   * Throws FeedError `feed.source-refused` where asking again is of no use, `feed.source-unavailable` after the last try.
   */
  get<Value>(address: string, parse: Parse<Value>): Promise<Answer<Value>>;
  /**
   * POSTs a question as JSON, such as a report action or a $batch of reads: nothing in the tenant is changed by it, so it
   * is repeated like any other. Throws as `get` does.
   */
  post<Value>(address: string, body: unknown, parse: Parse<Value>): Promise<Answer<Value>>;
}

export interface GraphWords {
  readonly rootUrl: string;
  readonly token: TokenSource;
  /** Names the night in observations. */
  readonly run: string;
  readonly observe: Observer;
  /** Ends every request and every wait, which then throw its reason. */
  readonly signal: AbortSignal;
  readonly pace?: Pace;
  readonly fetch?: Fetch;
  readonly asking?: Asking;
  /** Requests under way in one area of Graph; four unless told. */
  readonly requestsAtOnce?: number;
}

/** A night asks a few hundred times in all: more at once would only meet the throttle sooner. */
export const REQUESTS_AT_ONCE = 4;

interface Question {
  readonly url: URL;
  /** JSON to POST, or null for a GET. */
  readonly body: string | null;
}

type Try<Value> = { readonly kind: 'value'; readonly value: Value } | Failed;

interface Failed {
  readonly kind: 'mishap';
  readonly mishap: Mishap;
  readonly requestId: string;
  /** The token that was sent. */
  readonly sent: string;
}

export function openGraph({
  rootUrl,
  token,
  run,
  observe,
  signal,
  pace = PACE,
  fetch = fetchBy(STRAIGHT),
  asking = USUAL_ASKING,
  requestsAtOnce = REQUESTS_AT_ONCE,
}: GraphWords): Graph {
  const root = rootUrl.replace(/\/+$/, '');
  const traffic = openTraffic(requestsAtOnce, signal);

  async function ask<Value>(question: Question, parse: Parse<Value>): Promise<Answer<Value>> {
    const source = sourceOf(question.url);
    const area = areaOf(question.url);
    let renewed = false;
    for (let tries = 1; ; tries += 1) {
      const leave = await traffic.enter(area);
      const outcome = await tryOnce(question, parse).finally(leave);
      if (outcome.kind === 'value') return outcome;
      const { mishap, requestId, sent } = outcome;
      const verdict = judge(mishap, { tries, renewed }, pace, new Date(), Math.random());
      switch (verdict.kind) {
        case 'retry':
          observe({ kind: 'night.retry', run, source, reason: verdict.reason, delayMs: verdict.afterMs });
          // Others would only be throttled too, and make the wait longer.
          if (verdict.throttled) traffic.hold(area, verdict.afterMs);
          else await pause(verdict.afterMs, signal);
          break;
        case 'renew-token':
          await token.renewedToken(sent, verdict.claims);
          renewed = true;
          break;
        case 'page-expired':
          return { kind: 'page-expired' };
        case 'refused':
          throw failure('feed.source-refused', 'refused', source, mishap, requestId);
        case 'unavailable':
          throw failure('feed.source-unavailable', 'could not give', source, mishap, requestId);
      }
    }
  }

  async function tryOnce<Value>({ url, body }: Question, parse: Parse<Value>): Promise<Try<Value>> {
    const requestId = randomUUID();
    const deadline = AbortSignal.timeout(pace.requestMs);
    let sent = '';
    try {
      // Asked for with every try: a long wait may have outlived the last one.
      sent = await token.accessToken();
      const response = await fetch(url, {
        ...(body === null ? {} : { method: 'POST', body }),
        headers: {
          ...(body === null ? {} : { 'content-type': 'application/json' }),
          authorization: `Bearer ${sent}`,
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
      if (!response.ok) return { kind: 'mishap', mishap: statusMishap(response, text), requestId, sent };
      const value = parse(parseJson(text));
      if (value !== null) return { kind: 'value', value };
      return broken('an answer of another shape', requestId, sent);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof FeedError && error.code === 'feed.source-refused') throw error;
      return broken(deadline.aborted ? 'no answer in time' : brokenReason(error), requestId, sent);
    }
  }

  return {
    rootUrl: root,
    run,
    observe,
    signal,
    fetch,
    listAddress: (address) => listAddress(root, address, asking),
    get: (address, parse) => ask({ url: new URL(address, root), body: null }, parse),
    post: (address, body, parse) => ask({ url: new URL(address, root), body: JSON.stringify(body) }, parse),
  };
}

/** How a source is called in observations and problems: its path, without query. */
export function sourceOf(url: URL): string {
  return url.pathname.replace(/^\//, '');
}

function statusMishap(response: Response, body: string): Mishap {
  const error = parsedError(body);
  return {
    kind: 'status',
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    code: error.code,
    message: error.message,
    claims: claimsOf(response),
  };
}

/** What continuous access evaluation wants a new token to tell, as JSON; null where it wants nothing. */
function claimsOf({ headers }: Response): string | null {
  const [, claims] = /\bclaims="([^"]+)"/.exec(headers.get('www-authenticate') ?? '') ?? [];
  return claims === undefined ? null : Buffer.from(claims, 'base64').toString();
}

function parsedError(body: string): { readonly code: string; readonly message: string } {
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

function broken(reason: string, requestId: string, sent: string): Failed {
  return { kind: 'mishap', mishap: { kind: 'broken', reason }, requestId, sent };
}

function brokenReason(error: unknown): string {
  if (error instanceof FeedError) return error.message;
  if (error instanceof SyntaxError) return 'an answer cut short';
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : '';
  return typeof code === 'string' && code !== '' ? `a broken connection (${code})` : 'a broken connection';
}

function failure(
  code: 'feed.source-refused' | 'feed.source-unavailable',
  verb: string,
  source: string,
  mishap: Mishap,
  requestId: string,
): FeedError {
  const hint =
    mishap.kind === 'status' && mishap.status === 403
      ? 'Grant the app registration the permission that this source needs, and check the Intune licence.'
      : undefined;
  return new FeedError(
    code,
    `Microsoft Graph ${verb} ${source}: ${reasonOf(mishap)} (client-request-id ${requestId}).`,
    { target: source, ...(hint === undefined ? {} : { hint }), ...causeOf(mishap) },
  );
}

/** What `refusalStatus` reads; Graph's message stays out, since it holds internal addresses. */
function causeOf(mishap: Mishap): { readonly cause?: GraphRefusal } {
  return mishap.kind === 'status' ? { cause: { status: mishap.status, code: mishap.code } } : {};
}
