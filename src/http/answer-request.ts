// The way of every request: who asks, may they read now, what is the answer; and when it is out, what is told of it.
import type { Request, Response } from 'express';
import { accountId } from '../auth/account-id.ts';
import { freeAccount, type Account, type Budgets } from '../auth/budgets.ts';
import type { Caller } from '../auth/caller.ts';
import type { Gate } from '../auth/open-gate.ts';
import type { Role } from '../auth/roles.ts';
import { refuseStrangeHost } from '../auth/strange-host.ts';
import type { Answer } from './answer.ts';
import { setCommonHeaders, setRateHeaders } from './common-headers.ts';
import { answerFailure, asFeedError } from './failure.ts';
import type { Feed, FeedParts } from './feed.ts';
import { takeKeyParameter } from './key-parameter.ts';
import { sendAnswer } from './send-answer.ts';
import { serverTiming } from './stopwatch.ts';
import type { ShapeOf } from './shape-of.ts';
import { beginVisit, type Visit } from './visit.ts';

/** What is the same for all requests. */
export interface House extends Pick<FeedParts, 'observe' | 'settings'> {
  readonly gate: Gate;
  readonly budgets: Budgets;
  readonly feedOf: (role: Role) => Feed;
  readonly shapeOf: ShapeOf;
}

/** Someone who was let in. */
export interface Guest {
  readonly caller: Caller;
  readonly account: Account;
  /** The feed as they see it; what it reads goes on their account. */
  readonly feed: Feed;
}

export type Door =
  /** Makes its answer from the feed as the guest sees it. */
  | { readonly kind: 'guarded'; readonly open: (guest: Guest, visit: Visit) => Answer | Promise<Answer> }
  /** Of those who watch the feed: they need no credentials, and learn nothing of the tenant. */
  | { readonly kind: 'watched'; readonly open: () => Answer };

/** What one request has used up so far. */
interface Cost {
  workerMs: number;
  rows: number;
  bytes: number;
}

export async function answerRequest(
  house: House,
  door: Door,
  request: Request,
  response: Response,
): Promise<void> {
  const visit = beginVisit(request, response);
  const cost: Cost = { workerMs: 0, rows: 0, bytes: 0 };
  setCommonHeaders(visit, house.settings.corsOrigins);
  let guest: Guest | null = null;
  let answer: Answer;
  try {
    if (door.kind === 'watched') {
      if (house.gate.letsStrangersIn) refuseStrangeHost(request.headers.host, house.settings);
      answer = door.open();
    } else {
      guest = await admit(house, visit, cost);
      guest.account.enter(visit.signal);
      answer = await door.open(guest, visit);
    }
  } catch (thrown) {
    answer = answerThrown(house, visit, thrown);
  }
  const whole = await send(house, visit, { answer, account: guest?.account ?? null, cost });
  tell(house, visit, { answer, caller: guest?.caller ?? null, cost, whole });
}

/** Throws what the gate throws, and `request.strange-host`. */
async function admit(
  { gate, budgets, feedOf, settings }: House,
  { request }: Visit,
  cost: Cost,
): Promise<Guest> {
  const parameter = takeKeyParameter(request, settings.keyParameter);
  const { authorization, 'x-api-key': apiKey, host } = request.headers;
  const caller = await gate.authenticate({ authorization, apiKey: one(apiKey), parameter });
  // Credentials are nothing that a browser would bring to a page of someone else.
  if (caller.kind === 'anonymous') refuseStrangeHost(host, settings);
  const id = accountId(caller, request.ip);
  const isAlone = caller.kind === 'anonymous' && settings.anonymous === 'loopback';
  const account = isAlone ? freeAccount(id) : budgets.of(id);
  const spend = (milliseconds: number): void => {
    cost.workerMs += milliseconds;
    account.work(milliseconds);
  };
  const feed = feedOf(caller.role);
  return {
    caller,
    account,
    feed: { ...feed, engine: feed.engine.forReader({ id, chargeThreadTime: spend }) },
  };
}

// As nginx has it in its logs: nobody is left to hear an answer.
const LEFT_EARLY: Answer = { status: 499, headers: {}, body: null };

function answerThrown({ observe }: House, { id: requestId, signal }: Visit, thrown: unknown): Answer {
  if (signal.aborted) return LEFT_EARLY;
  const error = asFeedError(thrown);
  if (error.code === 'defect.internal') {
    observe({ kind: 'request.defect', requestId, error: thrown instanceof Error ? thrown : error });
  }
  return answerFailure(error);
}

// A client that takes less than a slice of an answer in so long is not read to any more.
const STALL_MS = 60_000;

interface Sending {
  readonly answer: Answer;
  readonly account: Account | null;
  readonly cost: Cost;
}

/** False where not all of it went out. */
async function send(
  { gate, observe }: House,
  visit: Visit,
  { answer, account, cost }: Sending,
): Promise<boolean> {
  if (answer === LEFT_EARLY) return false;
  const { id: requestId, request, response, watch, signal } = visit;
  const isHeard = !signal.aborted;
  // One line each: Power Query reads no list of challenges.
  if (answer.status === 401) response.setHeader('WWW-Authenticate', gate.challenges);
  setRateHeaders(visit, account?.quotas() ?? []);
  const timing = serverTiming(watch);
  if (timing !== '') response.setHeader('Server-Timing', timing);
  try {
    await sendAnswer(answer, response, {
      encoding: request.acceptsEncodings('gzip', 'identity') === 'gzip' ? 'gzip' : 'identity',
      wantsBody: request.method !== 'HEAD',
      signal,
      stallMs: STALL_MS,
      onPart: (rows, bytes) => {
        cost.rows += rows;
        cost.bytes += bytes;
        account?.send(bytes);
      },
    });
    watch.lap('send');
    return isHeard;
  } catch (thrown) {
    // The head is out: only a broken connection can still say that the table is not whole.
    response.destroy();
    if (!signal.aborted) observe({ kind: 'request.defect', requestId, error: asFeedError(thrown) });
    return false;
  }
}

interface Told {
  readonly answer: Answer;
  readonly caller: Caller | null;
  readonly cost: Cost;
  readonly whole: boolean;
}

function tell({ observe, shapeOf }: House, visit: Visit, { answer, caller, cost, whole }: Told): void {
  observe({
    kind: 'request.answered',
    requestId: visit.id,
    method: visit.request.method,
    shape: shapeOf(visit.request.originalUrl, visit.inside),
    caller: caller?.id ?? null,
    role: caller?.role.name ?? null,
    status: answer.status,
    ...cost,
    whole,
    milliseconds: visit.watch.totalMs(),
    steps: visit.watch.steps(),
    ...(answer.code !== undefined && { code: answer.code }),
  });
}

function one(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.join(', ');
}
