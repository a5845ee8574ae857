// The Express application: the doors of the feed.
import express, { type Express, type Request, type Response } from 'express';
import { Budgets, type BudgetSettings } from '../auth/budgets.ts';
import type { Gate } from '../auth/open-gate.ts';
import type { RunJournal } from '../engines/generation-build.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Answer } from './answer.ts';
import { answerRequest, type Door, type Guest } from './answer-request.ts';
import { answerPreflight, isPreflight } from './cross-origin.ts';
import { feedsByRole, type FeedParts } from './feed.ts';
import { readFeedRequest } from './feed-request.ts';
import { answerFrontPage } from './front-page.ts';
import { answerLive, answerMetrics, answerReady } from './health.ts';
import { isPostedQuery, readPostedQuery } from './posted-query.ts';
import { publicBase } from './public-base.ts';
import { isBatch, serveBatch } from './serve-batch.ts';
import { serveRead } from './serve-read.ts';
import { shapesOf } from './shape-of.ts';
import type { Visit } from './visit.ts';

/** What is told to those who watch the feed. */
export interface Watched {
  readonly journal: Pick<RunJournal, 'recent'>;
  readonly metrics: Pick<Metrics, 'text'>;
}

export function makeApp(
  parts: FeedParts,
  { journal, metrics }: Watched,
  gate: Gate,
  budgets: BudgetSettings,
): Express {
  const { clock, engine, observe, settings } = parts;
  const house = {
    observe,
    settings,
    gate,
    budgets: new Budgets(budgets),
    feedOf: feedsByRole(parts),
    shapeOf: shapesOf(parts.model),
  };
  const app = express();
  app.disable('etag');
  app.disable('x-powered-by');
  app.set('query parser', false);
  app.set('trust proxy', settings.trustedProxies.length > 0 ? settings.trustedProxies.join(',') : false);

  const through = (door: Door) => (request: Request, response: Response) =>
    answerRequest(house, door, request, response);
  const preflight = through({ kind: 'watched', open: answerPreflight });
  app.use((request, response, next) =>
    isPreflight(request, settings.corsOrigins) ? preflight(request, response) : next(),
  );
  app.get('/-/live', through({ kind: 'watched', open: answerLive }));
  app.get('/-/ready', through({ kind: 'watched', open: ready }));
  app.get('/-/metrics', through({ kind: 'guarded', open: counted }));
  app.get('/', through({ kind: 'guarded', open: frontPage }));
  app.use(through({ kind: 'guarded', open: read }));
  return app;

  function ready(): Answer {
    const health = { generation: engine.current(), lastRun: journal.recent(1)[0] ?? null };
    return answerReady(health, clock, settings.readyHours);
  }

  function counted({ caller }: Guest): Promise<Answer> {
    return answerMetrics(caller.role, metrics, engine.current());
  }

  function frontPage(_: Guest, { request }: Visit): Answer {
    return answerFrontPage(publicBase(request, settings.publicUrl), engine.current());
  }
}

/** The corridor begins here, for one read or for many. */
async function read(guest: Guest, visit: Visit): Promise<Answer> {
  const { feed } = guest;
  const { request, signal, watch } = visit;
  if (isBatch(request.originalUrl)) return serveBatch(guest, visit);
  const { publicUrl } = feed.settings;
  if (!isPostedQuery(request)) return serveRead(feed, readFeedRequest(request, publicUrl, signal), watch);
  const posted = await readPostedQuery(request, publicUrl, signal);
  visit.inside.push(`?${posted.rawQuery}`);
  return serveRead(feed, posted, watch);
}
