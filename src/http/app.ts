// The Express application: doors, headers that every answer has, and what is told about each request.
import { randomUUID } from 'node:crypto';
import express, { type Express, type Request, type Response } from 'express';
import type { Caller } from '../auth/caller.ts';
import type { Gate } from '../auth/open-gate.ts';
import { refuseStrangeHost } from '../auth/strange-host.ts';
import type { Journal } from '../engines/stage.ts';
import type { Answer } from './answer.ts';
import { answerFailure, asFeedError } from './failure.ts';
import { feedsByRole, type Feed, type FeedParts, type FeedSettings } from './feed.ts';
import { readFeedRequest, splitTarget } from './feed-request.ts';
import { answerFrontPage } from './front-page.ts';
import { answerLive, answerReady } from './health.ts';
import { takeKeyParameter } from './key-parameter.ts';
import { isPostedQuery, readPostedQuery } from './posted-query.ts';
import { publicBase } from './public-base.ts';
import { sendAnswer } from './send-answer.ts';
import { isBatch, serveBatch } from './serve-batch.ts';
import { serveRead } from './serve-read.ts';
import { serverTiming, startStopwatch, type Stopwatch } from './stopwatch.ts';

/** How a door makes its answer from the feed as the caller sees it; what it throws becomes an error answer. */
type Door = (feed: Feed, request: Request, signal: AbortSignal, watch: Stopwatch) => Answer | Promise<Answer>;

/** The journal is for those who watch the feed. */
export function makeApp(parts: FeedParts, journal: Pick<Journal, 'recent'>, gate: Gate): Express {
  const { clock, engine, settings } = parts;
  const feedOf = feedsByRole(parts);
  const app = express();
  app.disable('etag');
  app.disable('x-powered-by');
  app.set('query parser', false);
  app.set('trust proxy', settings.trustedProxies.length > 0 ? settings.trustedProxies.join(',') : false);

  const guarded =
    (door: Door): Making =>
    async (request, signal, watch) => {
      const caller = await admit(request, gate, settings);
      return door(feedOf(caller.role), request, signal, watch);
    };
  // Who watches the feed needs no credentials, and learns nothing of the tenant.
  const watched =
    (make: Making): Making =>
    (request, signal, watch) => {
      if (gate.letsStrangersIn) refuseStrangeHost(request.headers.host, settings);
      return make(request, signal, watch);
    };
  const open = (make: Making) => (request: Request, response: Response) =>
    answer(parts, gate, make, request, response);
  app.get('/-/live', open(watched(answerLive)));
  app.get(
    '/-/ready',
    open(
      watched(() => {
        const health = { generation: engine.current(), lastRun: journal.recent(1)[0] ?? null };
        return answerReady(health, clock, settings.readyHours);
      }),
    ),
  );
  const frontPage = guarded((_, request) =>
    answerFrontPage(publicBase(request, settings.publicUrl), engine.current()),
  );
  app.get('/', open(frontPage));
  const corridor = guarded(async (feed, request, signal, watch) => {
    if (isBatch(request.originalUrl)) return serveBatch(feed, request, signal, watch);
    const read = isPostedQuery(request) ? readPostedQuery : readFeedRequest;
    return serveRead(feed, await read(request, settings.publicUrl, signal), watch);
  });
  app.use(open(corridor));
  return app;
}

type Making = (request: Request, signal: AbortSignal, watch: Stopwatch) => Answer | Promise<Answer>;

/** Throws what the gate throws, and `request.strange-host`. */
async function admit(request: Request, { authenticate }: Gate, settings: FeedSettings): Promise<Caller> {
  const parameter = takeKeyParameter(request, settings.keyParameter);
  const { authorization, 'x-api-key': apiKey, host } = request.headers;
  const caller = await authenticate({ authorization, apiKey: one(apiKey), parameter });
  // Credentials are nothing that a browser would bring to a page of someone else.
  if (caller.kind === 'anonymous') refuseStrangeHost(host, settings);
  return caller;
}

async function answer(
  feed: FeedParts,
  { challenges }: Gate,
  make: Making,
  request: Request,
  response: Response,
): Promise<void> {
  const watch = startStopwatch();
  const requestId = randomUUID();
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  setCommonHeaders(request, response, requestId);
  const sending = {
    encoding: request.acceptsEncodings('gzip', 'identity') === 'gzip' ? 'gzip' : 'identity',
    wantsBody: request.method !== 'HEAD',
  } as const;
  let made: Answer;
  try {
    made = await make(request, gone.signal, watch);
  } catch (thrown) {
    // Nobody is left to hear it.
    if (gone.signal.aborted) return;
    const error = asFeedError(thrown);
    if (error.code === 'defect.internal') {
      feed.observe({ kind: 'request.defect', requestId, error: thrown instanceof Error ? thrown : error });
    }
    made = answerFailure(error);
  }
  // One line each: Power Query reads no list of challenges.
  if (made.status === 401) response.setHeader('WWW-Authenticate', challenges);
  const timing = serverTiming(watch);
  if (timing !== '') response.setHeader('Server-Timing', timing);
  const told = {
    kind: 'request.answered',
    requestId,
    method: request.method,
    shape: shapeOf(request),
  } as const;
  const code = made.code === undefined ? {} : { code: made.code };
  try {
    const sent = await sendAnswer(made, sending, response);
    watch.lap('send');
    const took = { milliseconds: watch.totalMs(), steps: watch.steps() };
    feed.observe({ ...told, status: made.status, ...sent, ...took, ...code });
  } catch (thrown) {
    // The head is out: only a broken connection can still say that the table is not whole.
    response.destroy();
    if (gone.signal.aborted) return;
    feed.observe({ kind: 'request.defect', requestId, error: asFeedError(thrown) });
  }
}

function setCommonHeaders(request: Request, response: Response, requestId: string): void {
  response.setHeader('OData-Version', '4.0');
  response.setHeader('request-id', requestId);
  const clientId = request.headers['client-request-id'];
  if (typeof clientId === 'string' && /^[\x21-\x7e]{1,128}$/.test(clientId)) {
    response.setHeader('client-request-id', clientId);
  }
  response.setHeader('Vary', 'Accept, Accept-Encoding, Authorization, Prefer, OData-MaxVersion, X-Api-Key');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader(
    'Content-Security-Policy',
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  );
}

function one(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.join(', ');
}

/** Path without keys and the names of the options: keys and values may name people. */
function shapeOf(request: Request): string {
  const { path, rawQuery } = splitTarget(request.originalUrl);
  const names = rawQuery.split('&').map((option) => option.split('=', 1)[0]);
  return `${path.replaceAll(/\([^)]*\)?/g, '()')}${rawQuery === '' ? '' : `?${names.join('&')}`}`;
}
