// The Express application: the routes of the feed.
import express, { type Express, type Request, type Response } from 'express';
import { Budgets, type BudgetSettings } from '../../auth/budgets.ts';
import type { Authenticator } from '../../auth/authenticator.ts';
import type { RunJournal } from '../../engines/run-journal.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { Answer } from '../answer.ts';
import {
  answerRequest,
  type AuthenticatedRequest,
  type RouteHandler,
  type ServerContext,
} from './answer-request.ts';
import { answerPreflight, isPreflight } from './cors.ts';
import { feedsByRole, type FeedDependencies } from '../feed.ts';
import { readFeedRequest } from '../request/feed-request.ts';
import { answerFrontPage } from '../documents/front-page.ts';
import { answerLive, answerMetrics, answerReady } from '../documents/health.ts';
import { isPostedQuery, readPostedQuery } from '../request/posted-query.ts';
import { publicBase } from '../request/public-base.ts';
import { isBatchTarget, serveBatch } from '../batch/serve-batch.ts';
import { serveRead } from '../read/serve-read.ts';
import { makeRouteTemplateOf } from '../request/route-template.ts';
import type { RequestContext } from '../request/request-context.ts';

/** What the monitoring routes show. */
export interface MonitoringSources {
  readonly journal: Pick<RunJournal, 'recent'>;
  readonly metrics: Pick<Metrics, 'text'>;
}

export function makeApp(
  dependencies: FeedDependencies,
  { journal, metrics }: MonitoringSources,
  authenticator: Authenticator,
  budgets: BudgetSettings,
): Express {
  const { clock, engine, observe, settings } = dependencies;
  const server: ServerContext = {
    observe,
    settings,
    authenticator,
    budgets: new Budgets(budgets),
    feedOf: feedsByRole(dependencies),
    routeTemplateOf: makeRouteTemplateOf(dependencies.model),
  };
  const app = express();
  app.disable('etag');
  app.disable('x-powered-by');
  app.set('query parser', false);
  app.set('trust proxy', settings.trustedProxies.length > 0 ? settings.trustedProxies.join(',') : false);

  const handle = (handler: RouteHandler) => (request: Request, response: Response) =>
    answerRequest(server, handler, request, response);
  const preflight = handle({ kind: 'public', handle: answerPreflight });
  app.use((request, response, next) =>
    isPreflight(request, settings.corsOrigins) ? preflight(request, response) : next(),
  );
  app.get('/-/live', handle({ kind: 'public', handle: answerLive }));
  app.get('/-/ready', handle({ kind: 'public', handle: serveReady }));
  app.get('/-/metrics', handle({ kind: 'authenticated', handle: serveMetrics }));
  app.get('/', handle({ kind: 'authenticated', handle: serveFrontPage }));
  app.use(handle({ kind: 'authenticated', handle: handleRead }));
  return app;

  function serveReady(): Answer {
    const health = { generation: engine.current(), lastRun: journal.recent(1)[0] ?? null };
    return answerReady(health, clock, settings.readyHours);
  }

  function serveMetrics({ caller }: AuthenticatedRequest): Promise<Answer> {
    return answerMetrics(caller.role, metrics, engine.current());
  }

  function serveFrontPage(_: AuthenticatedRequest, { request }: RequestContext): Answer {
    return answerFrontPage(publicBase(request, settings.publicUrl), engine.current());
  }
}

/** One read, or a batch of them. */
async function handleRead(authenticated: AuthenticatedRequest, context: RequestContext): Promise<Answer> {
  const { feed } = authenticated;
  const { request, stopwatch } = context;
  if (isBatchTarget(request.originalUrl)) return serveBatch(authenticated, context);
  if (!isPostedQuery(request)) {
    return serveRead(feed, readFeedRequest(context, feed.settings.publicUrl), stopwatch);
  }
  const posted = await readPostedQuery(context, feed);
  context.bodyTargets.push(`?${posted.rawQuery}`);
  return serveRead(feed, posted, stopwatch);
}
