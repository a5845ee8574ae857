// The Express application: doors, headers that every answer has, and what is told about each request.
import { randomUUID } from 'node:crypto';
import express, { type Express, type Request, type Response } from 'express';
import { refuseStrangeHost } from '../auth/strange-host.ts';
import type { Journal } from '../engines/stage.ts';
import type { Answer } from './answer.ts';
import { answerFailure, asFeedError } from './failure.ts';
import type { Feed } from './feed.ts';
import { readFeedRequest, splitTarget } from './feed-request.ts';
import { answerFrontPage } from './front-page.ts';
import { answerLive, answerReady } from './health.ts';
import { isPostedQuery, readPostedQuery } from './posted-query.ts';
import { publicBase } from './public-base.ts';
import { sendAnswer } from './send-answer.ts';
import { isBatch, serveBatch } from './serve-batch.ts';
import { serveRead } from './serve-read.ts';
import { serverTiming, startStopwatch, type Stopwatch } from './stopwatch.ts';

/** How a door makes its answer; what it throws becomes an error answer. */
type Door = (request: Request, signal: AbortSignal, watch: Stopwatch) => Answer | Promise<Answer>;

/** The journal is for those who watch the feed. */
export function makeApp(feed: Feed, journal: Pick<Journal, 'recent'>): Express {
  const { clock, engine, settings } = feed;
  const app = express();
  app.disable('etag');
  app.disable('x-powered-by');
  app.set('query parser', false);
  app.set('trust proxy', settings.trustedProxies.length > 0 ? settings.trustedProxies.join(',') : false);

  const open = (door: Door) => (request: Request, response: Response) =>
    answer(feed, door, request, response);
  app.get(
    '/',
    open((request) => answerFrontPage(publicBase(request, settings.publicUrl), engine.current())),
  );
  app.get('/-/live', open(answerLive));
  app.get(
    '/-/ready',
    open(() => {
      const health = { generation: engine.current(), lastRun: journal.recent(1)[0] ?? null };
      return answerReady(health, clock, settings.readyHours);
    }),
  );
  app.use(
    open(async (request, signal, watch) => {
      if (isBatch(request.originalUrl)) return serveBatch(feed, request, signal, watch);
      const read = isPostedQuery(request) ? readPostedQuery : readFeedRequest;
      return serveRead(feed, await read(request, settings.publicUrl, signal), watch);
    }),
  );
  return app;
}

async function answer(feed: Feed, door: Door, request: Request, response: Response): Promise<void> {
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
    refuseStrangeHost(request.headers.host, feed.settings);
    made = await door(request, gone.signal, watch);
  } catch (thrown) {
    // Nobody is left to hear it.
    if (gone.signal.aborted) return;
    const error = asFeedError(thrown);
    if (error.code === 'defect.internal') {
      feed.observe({ kind: 'request.defect', requestId, error: thrown instanceof Error ? thrown : error });
    }
    made = answerFailure(error);
  }
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
  response.setHeader('Vary', 'Accept, Accept-Encoding, Prefer, OData-MaxVersion');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader(
    'Content-Security-Policy',
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  );
}

/** Path without keys and the names of the options: keys and values may name people. */
function shapeOf(request: Request): string {
  const { path, rawQuery } = splitTarget(request.originalUrl);
  const names = rawQuery.split('&').map((option) => option.split('=', 1)[0]);
  return `${path.replaceAll(/\([^)]*\)?/g, '()')}${rawQuery === '' ? '' : `?${names.join('&')}`}`;
}
