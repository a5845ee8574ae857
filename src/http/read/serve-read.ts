// The corridor: what a reader asked for becomes, step by step, what goes back to them.
import { dateKeyOf } from '../../base/date-key.ts';
import { FeedError } from '../../base/feed-error.ts';
import { checkProtocolVersion, negotiateFormat } from '../../odata/headers/negotiate-format.ts';
import { parsePrefer } from '../../odata/headers/parse-prefer.ts';
import { splitQuery } from '../../odata/parse/split-query.ts';
import { parseRequest } from '../../odata/parse/parse-request.ts';
import { canTrackChanges } from '../../plan/plan-changes.ts';
import { planRead } from '../../plan/plan-read.ts';
import type { Answer } from '../answer.ts';
import { planRequestedChanges } from './plan-requested-changes.ts';
import { cursorScopeOf, decodeCursor, deltaScopeOf } from '../cursor/paging-cursor.ts';
import { makeEtag, matchesEtag } from '../request/etag.ts';
import type { FeedRequest } from '../request/feed-request.ts';
import type { Feed } from '../feed.ts';
import { contextRoot, decideVersion } from '../request/service-roots.ts';
import { retryWithSmallerNestedPages } from './retry-with-smaller-nested-pages.ts';
import { requireGeneration } from './require-generation.ts';
import { firstLink } from '../cursor/next-link.ts';
import type { PlannedRead } from './planned-read.ts';
import { type DocumentRequest, serveDocument } from '../documents/serve-document.ts';
import { servePage } from './serve-page.ts';
import { serveRow } from './serve-row.ts';
import type { Stopwatch } from '../request/stopwatch.ts';

/** Throws FeedErrors; nothing has been sent by then. */
export async function serveRead(feed: Feed, request: FeedRequest, stopwatch: Stopwatch): Promise<Answer> {
  try {
    return await answerRead(feed, request, stopwatch);
  } catch (error) {
    throw withFirstPageLink(error, request);
  }
}

async function answerRead(feed: Feed, request: FeedRequest, stopwatch: Stopwatch): Promise<Answer> {
  const planned = planRequest(feed, request, stopwatch);
  if (planned.kind === 'document') return serveDocument(feed, request, planned.request);

  const { plannedRead } = planned;
  const { plan, changes, format, preferences, generation, startedAt, cursorScope } = plannedRead;
  const protocolVersion = changes?.protocolVersion ?? null;
  const variant = JSON.stringify([
    format,
    preferences,
    protocolVersion,
    request.contentEncoding,
    request.base,
  ]);
  const state = [feed.fingerprint, generation.id, generation.publishedAt, dateKeyOf(startedAt)];
  const etag = makeEtag([
    ...state,
    plan.version,
    request.mount.resource,
    cursorScope,
    request.rawQuery,
    variant,
  ]);
  // What `now()` says is not known until it is asked.
  const isCacheable = !/\bnow\b/i.test(cursorScope);
  if (isCacheable && matchesEtag(request.headers['if-none-match'], etag))
    return { status: 304, headers: { ETag: etag }, body: null };

  const serve = plan.shape === 'page' ? servePage : serveRow;
  const answer = await retryWithSmallerNestedPages(plannedRead, (each) =>
    serve(feed, request, each, stopwatch),
  );
  const caching = {
    'Cache-Control': 'private, no-cache',
    ...(isCacheable && answer.status === 200 && { ETag: etag }),
  };
  return { ...answer, headers: { ...answer.headers, ...caching } };
}

/** What a request turned out to ask for. */
export type PlannedRequest =
  | { readonly kind: 'document'; readonly request: DocumentRequest }
  | { readonly kind: 'read'; readonly plannedRead: PlannedRead };

/** The first half of the corridor, in which nothing is read yet. */
export function planRequest(feed: Feed, request: FeedRequest, stopwatch: Stopwatch): PlannedRequest {
  const { headers, mount, rawQuery } = request;

  checkProtocolVersion(headerText(headers['odata-maxversion']), headerText(headers['odata-version']));
  const parsed = parseRequest(mount.resource, rawQuery, feed.limits);
  const version = decideVersion(mount, parsed.options.apiVersion);
  const preferences = parsePrefer(headerText(headers.prefer));
  const root = `${request.base}${contextRoot(mount, version)}`;
  stopwatch.lap('parse');

  const { resource, options } = parsed;
  if (resource.kind !== 'path') return { kind: 'document', request: { resource, options, version, root } };

  const { query } = parsed;
  const pagedRead = { resource: mount.resource, query, version };
  const cursorScope = cursorScopeOf(pagedRead);
  const continuation = decodeCursor(options.skiptoken, cursorScope);
  // A chain that crosses midnight keeps the day it began on, as it keeps its snapshot.
  const startedAt = continuation ? new Date(continuation.startedAt) : feed.clock.now();
  const context = {
    version,
    exposedModels: feed.exposedModels,
    now: startedAt,
    limits: feed.limits,
    continuation,
  };
  const deltaScope = deltaScopeOf(pagedRead);
  const pinnedId = continuation?.generation ?? null;
  const foundGeneration = pinnedId === null ? feed.engine.current() : feed.engine.generation(pinnedId);
  const { deltatoken } = options;
  const maxVersion = headerText(headers['odata-maxversion']);
  const changes =
    deltatoken === null || version === 'v1.0'
      ? null
      : planRequestedChanges(
          feed.engine,
          deltatoken,
          { parsed, generation: requireGeneration(foundGeneration, pinnedId), deltaScope, maxVersion },
          context,
        );
  const plan = changes?.plan.newer ?? planRead(parsed, context);
  const isPlainText = plan.shape === 'count' || plan.shape === 'value';
  const format = negotiateFormat(
    isPlainText ? undefined : headers.accept,
    isPlainText ? null : options.format,
  );
  const generation = requireGeneration(foundGeneration, pinnedId);
  stopwatch.lap('plan');

  const tracksChanges = continuation
    ? continuation.tracksChanges
    : preferences.trackChanges && canTrackChanges(parsed, plan);
  const rowsServed = continuation?.served ?? 0;
  const shared = {
    resource,
    query,
    format,
    preferences,
    generation,
    root,
    startedAt,
    rowsServed,
    cursorScope,
  };
  return {
    kind: 'read',
    plannedRead: { ...shared, plan, changes, deltaScope: tracksChanges || changes ? deltaScope : null },
  };
}

/** Where a snapshot is gone, where to begin again. */
function withFirstPageLink(error: unknown, { base, mount, rawQuery }: FeedRequest): unknown {
  if (!(error instanceof FeedError) || error.code !== 'request.generation-gone') return error;
  const { code, message, hint } = error;
  const location = firstLink(`${base}${mount.root.path}${mount.resource}`, splitQuery(rawQuery));
  return new FeedError(code, message, { location, ...(hint !== undefined && { hint }) });
}

function headerText(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.join(', ');
}
