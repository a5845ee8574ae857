// The corridor: what a reader asked for becomes, step by step, what goes back to them.
import { dateKeyOf } from '../base/date-key.ts';
import { FeedError } from '../base/feed-error.ts';
import { LIMITS } from '../base/limits.ts';
import type { Engine, Generation } from '../engines/engine.ts';
import { checkProtocolVersion, negotiate } from '../odata/negotiate.ts';
import { parsePrefer } from '../odata/parse-prefer.ts';
import { parseRequest } from '../odata/parse-request.ts';
import { planRead } from '../plan/plan-read.ts';
import type { Answer } from './answer.ts';
import { chainName, readContinuation } from './chain.ts';
import { makeEtag, namesEtag } from './etag.ts';
import type { FeedRequest } from './feed-request.ts';
import type { Feed } from './feed.ts';
import { contextRoot, decideVersion } from './mounts.ts';
import { servePage } from './serve-page.ts';
import { serveDocument } from './serve-document.ts';
import { serveRow } from './serve-row.ts';
import type { Stopwatch } from './stopwatch.ts';

/** Throws FeedErrors; nothing has been sent by then. */
export async function serveRead(feed: Feed, request: FeedRequest, watch: Stopwatch): Promise<Answer> {
  const { headers, mount, rawQuery } = request;

  checkProtocolVersion(textOf(headers['odata-maxversion']), textOf(headers['odata-version']));
  const wanted = parseRequest(mount.resource, rawQuery);
  const version = decideVersion(mount, wanted.options.apiVersion);
  const preferences = parsePrefer(textOf(headers.prefer));
  const root = `${request.base}${contextRoot(mount, version)}`;
  watch.lap('parse');

  const { resource, options } = wanted;
  if (resource.kind !== 'path') return serveDocument(feed, request, { resource, options, version, root });

  const chain = chainName(request, version);
  const continuation = readContinuation(options.skiptoken, chain);
  // A chain that crosses midnight keeps the day it began on, as it keeps its snapshot.
  const now = continuation ? new Date(continuation.began) : feed.clock.now();
  const plan = planRead(wanted, { version, catalogues: feed.catalogues, now, limits: LIMITS, continuation });
  const bare = plan.shape === 'count' || plan.shape === 'value';
  const encoding = negotiate(bare ? undefined : headers.accept, bare ? null : options.format);
  const generation = pickGeneration(feed.engine, plan.generation);
  watch.lap('plan');

  const { id, publishedAt } = generation;
  const forms = JSON.stringify([encoding, preferences, request.encoding, request.base]);
  const etag = makeEtag([feed.fingerprint, id, publishedAt, dateKeyOf(now), version, chain, rawQuery, forms]);
  // What `now()` says is not known until it is asked.
  const lasts = !/\bnow\b/i.test(chain);
  if (lasts && namesEtag(headers['if-none-match'], etag))
    return { status: 304, headers: { ETag: etag }, body: null };

  const served = continuation?.served ?? 0;
  const reading = { resource, plan, encoding, preferences, generation, root, began: now, served, chain };
  const answer =
    plan.shape === 'page'
      ? await servePage(feed, request, reading, watch)
      : await serveRow(feed, request, reading, watch);
  const caching = {
    'Cache-Control': 'private, no-cache',
    ...(lasts && answer.status === 200 && { ETag: etag }),
  };
  return { ...answer, headers: { ...answer.headers, ...caching } };
}

/** The generation that a chain began on, else the newest. */
function pickGeneration(engine: Engine, pinned: number | null): Generation {
  const generation = pinned === null ? engine.current() : engine.generation(pinned);
  if (generation) return generation;
  if (pinned !== null) {
    throw new FeedError('request.generation-gone', `Snapshot ${pinned} is no longer kept.`, {
      hint: 'Start again from the first page.',
    });
  }
  throw new FeedError('feed.empty', 'No night has been published yet.', {
    hint: 'Run `fleetfeed snapshot`, or wait for the next night.',
    retryAfterSeconds: 60,
  });
}

function textOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.join(', ');
}
