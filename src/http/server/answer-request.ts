// Every request: authenticate it, make the answer, send it, and observe what was sent.
import type { Request, Response } from 'express';
import { accountId } from '../../auth/account-id.ts';
import { unlimitedAccount, type Account, type Budgets } from '../../auth/budgets.ts';
import type { Caller } from '../../auth/caller.ts';
import type { Authenticator } from '../../auth/authenticator.ts';
import type { Role } from '../../auth/roles.ts';
import { refuseUntrustedHost } from '../../auth/refuse-untrusted-host.ts';
import type { Answer } from '../answer.ts';
import { setCommonHeaders, setRateLimitHeaders } from './common-headers.ts';
import { answerFailure, asFeedError } from '../answer-failure.ts';
import type { Feed, FeedDependencies } from '../feed.ts';
import { takeKeyParameter } from '../request/take-key-parameter.ts';
import { sendAnswer } from './send-answer.ts';
import { serverTiming } from '../request/stopwatch.ts';
import { headerText } from '../request/header-text.ts';
import type { RouteTemplateOf } from '../request/route-template.ts';
import { createRequestContext, type RequestContext } from '../request/request-context.ts';

/** What is the same for all requests. */
export interface ServerContext extends Pick<FeedDependencies, 'observe' | 'settings'> {
  readonly authenticator: Authenticator;
  readonly budgets: Budgets;
  readonly feedOf: (role: Role) => Feed;
  readonly routeTemplateOf: RouteTemplateOf;
}

/** A request whose caller is authenticated. */
export interface AuthenticatedRequest {
  readonly caller: Caller;
  readonly account: Account;
  /** The feed as the caller sees it; what it reads is charged to their account. */
  readonly feed: Feed;
}

export type RouteHandler =
  /** Answers from the feed as the caller sees it. */
  | {
      readonly kind: 'authenticated';
      readonly handle: (
        authenticated: AuthenticatedRequest,
        context: RequestContext,
      ) => Answer | Promise<Answer>;
    }
  /** For monitoring: needs no credentials, and says nothing about the tenant. */
  | { readonly kind: 'public'; readonly handle: () => Answer };

/** What one request has used up so far. */
interface ResourceUsage {
  workerMs: number;
  rows: number;
  bytes: number;
}

export async function answerRequest(
  server: ServerContext,
  handler: RouteHandler,
  request: Request,
  response: Response,
): Promise<void> {
  const context = createRequestContext(request, response);
  const usage: ResourceUsage = { workerMs: 0, rows: 0, bytes: 0 };
  setCommonHeaders(context, server.settings.corsOrigins);
  let authenticated: AuthenticatedRequest | null = null;
  let answer: Answer;
  try {
    if (handler.kind === 'public') {
      if (server.authenticator.allowsAnonymous) refuseUntrustedHost(request.headers.host, server.settings);
      answer = handler.handle();
    } else {
      authenticated = await authenticateRequest(server, context, usage);
      authenticated.account.startRead(context.signal);
      answer = await handler.handle(authenticated, context);
    }
  } catch (thrown) {
    answer = answerThrown(server, context, thrown);
  }
  const isWhole = await sendToClient(server, context, {
    answer,
    account: authenticated?.account ?? null,
    usage,
  });
  observeAnswer(server, context, { answer, caller: authenticated?.caller ?? null, usage, isWhole });
}

/** Throws as the authenticator does, and `request.strange-host`. */
async function authenticateRequest(
  { authenticator, budgets, feedOf, settings }: ServerContext,
  { request }: RequestContext,
  usage: ResourceUsage,
): Promise<AuthenticatedRequest> {
  const parameter = takeKeyParameter(request, settings.keyParameter);
  const { authorization, 'x-api-key': apiKey, host } = request.headers;
  const caller = await authenticator.authenticate({ authorization, apiKey: headerText(apiKey), parameter });
  // A foreign page cannot make a browser send credentials, so only anonymous requests are checked.
  if (caller.kind === 'anonymous') refuseUntrustedHost(host, settings);
  const id = accountId(caller, request.ip);
  const isLocalUser = caller.kind === 'anonymous' && settings.anonymous === 'loopback';
  const account = isLocalUser ? unlimitedAccount(id) : budgets.accountOf(id);
  const spend = (milliseconds: number): void => {
    usage.workerMs += milliseconds;
    account.chargeWorkerTime(milliseconds);
  };
  const feed = feedOf(caller.role);
  return {
    caller,
    account,
    feed: { ...feed, engine: feed.engine.forReader({ id, chargeThreadTime: spend }) },
  };
}

// The status that nginx logs where the client has gone before the answer.
const CLIENT_CLOSED_REQUEST: Answer = { status: 499, headers: {}, body: null };

function answerThrown(
  { observe }: ServerContext,
  { id: requestId, signal }: RequestContext,
  thrown: unknown,
): Answer {
  if (signal.aborted) return CLIENT_CLOSED_REQUEST;
  const error = asFeedError(thrown);
  if (error.code === 'defect.internal') {
    observe({ kind: 'request.defect', requestId, error: thrown instanceof Error ? thrown : error });
  }
  return answerFailure(error);
}

// A client that takes less than a slice of an answer in this time is disconnected.
const WRITE_STALL_TIMEOUT_MS = 60_000;

interface Delivery {
  readonly answer: Answer;
  readonly account: Account | null;
  readonly usage: ResourceUsage;
}

/** False where not all of it was sent. */
async function sendToClient(
  { authenticator, observe }: ServerContext,
  context: RequestContext,
  { answer, account, usage }: Delivery,
): Promise<boolean> {
  if (answer === CLIENT_CLOSED_REQUEST) return false;
  const { id: requestId, request, response, stopwatch, contentEncoding, signal } = context;
  const isConnected = !signal.aborted;
  // One header line each: Power Query does not read a list of challenges.
  if (answer.status === 401) response.setHeader('WWW-Authenticate', authenticator.challenges);
  setRateLimitHeaders(context, account?.quotas() ?? []);
  const timing = serverTiming(stopwatch);
  if (timing !== '') response.setHeader('Server-Timing', timing);
  try {
    await stopwatch.timeAsync('send', () =>
      sendAnswer(answer, response, {
        contentEncoding,
        wantsBody: request.method !== 'HEAD',
        signal,
        stallMs: WRITE_STALL_TIMEOUT_MS,
        onPart: (rows, bytes) => {
          usage.rows += rows;
          usage.bytes += bytes;
          account?.chargeBytes(bytes);
        },
      }),
    );
    return isConnected;
  } catch (thrown) {
    // The head is sent: only a broken connection can still show that the table is incomplete.
    response.destroy();
    if (!signal.aborted) observe({ kind: 'request.defect', requestId, error: asFeedError(thrown) });
    return false;
  }
}

interface AnsweredRequest {
  readonly answer: Answer;
  readonly caller: Caller | null;
  readonly usage: ResourceUsage;
  readonly isWhole: boolean;
}

function observeAnswer(
  { observe, routeTemplateOf }: ServerContext,
  context: RequestContext,
  { answer, caller, usage, isWhole }: AnsweredRequest,
): void {
  observe({
    kind: 'request.answered',
    requestId: context.id,
    method: context.request.method,
    shape: routeTemplateOf(context.request.originalUrl, context.bodyTargets),
    caller: caller?.id ?? null,
    role: caller?.role.name ?? null,
    status: answer.status,
    ...usage,
    whole: isWhole,
    milliseconds: context.stopwatch.totalMs(),
    steps: context.stopwatch.steps(),
    ...(answer.code !== undefined && { code: answer.code }),
  });
}
