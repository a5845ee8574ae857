// The corridor: what a reader asked for becomes, step by step, what goes back to them.
import { dateKeyOf } from '../base/date-key.ts';
import { FeedError } from '../base/feed-error.ts';
import { LIMITS } from '../base/limits.ts';
import { checkProtocolVersion, negotiate } from '../odata/negotiate.ts';
import { parsePrefer } from '../odata/parse-prefer.ts';
import { parseRequest } from '../odata/parse-request.ts';
import { canTrack } from '../plan/plan-changes.ts';
import { planRead } from '../plan/plan-read.ts';
import type { Answer } from './answer.ts';
import { askChanges } from './ask-changes.ts';
import { chainName, readContinuation, trackName } from './chain.ts';
import { makeEtag, namesEtag } from './etag.ts';
import type { FeedRequest } from './feed-request.ts';
import type { Feed } from './feed.ts';
import { contextRoot, decideVersion } from './mounts.ts';
import { inNestedPages } from './in-nested-pages.ts';
import { mustBeKept } from './must-be-kept.ts';
import { firstLink } from './next-link.ts';
import type { Reading } from './reading.ts';
import { type DocumentWanted, serveDocument } from './serve-document.ts';
import { servePage } from './serve-page.ts';
import { serveRow } from './serve-row.ts';
import type { Stopwatch } from './stopwatch.ts';

/** Throws FeedErrors; nothing has been sent by then. */
export async function serveRead(feed: Feed, request: FeedRequest, watch: Stopwatch): Promise<Answer> {
  try {
    return await answerRead(feed, request, watch);
  } catch (error) {
    throw withBeginning(error, request);
  }
}

async function answerRead(feed: Feed, request: FeedRequest, watch: Stopwatch): Promise<Answer> {
  const asked = planRequest(feed, request, watch);
  if (asked.kind === 'document') return serveDocument(feed, request, asked.wanted);

  const { reading } = asked;
  const { plan, changes, encoding, preferences, generation, began, chain } = reading;
  const speaks = changes?.speaks ?? null;
  const forms = JSON.stringify([encoding, preferences, speaks, request.encoding, request.base]);
  const state = [feed.fingerprint, generation.id, generation.publishedAt, dateKeyOf(began)];
  const etag = makeEtag([...state, plan.version, request.mount.resource, chain, request.rawQuery, forms]);
  // What `now()` says is not known until it is asked.
  const lasts = !/\bnow\b/i.test(chain);
  if (lasts && namesEtag(request.headers['if-none-match'], etag))
    return { status: 304, headers: { ETag: etag }, body: null };

  const serve = plan.shape === 'page' ? servePage : serveRow;
  const answer = await inNestedPages(reading, (each) => serve(feed, request, each, watch));
  const caching = {
    'Cache-Control': 'private, no-cache',
    ...(lasts && answer.status === 200 && { ETag: etag }),
  };
  return { ...answer, headers: { ...answer.headers, ...caching } };
}

/** What a request turned out to ask for. */
export type Asked =
  | { readonly kind: 'document'; readonly wanted: DocumentWanted }
  | { readonly kind: 'read'; readonly reading: Reading };

/** The first half of the corridor, in which nothing is read yet. */
export function planRequest(feed: Feed, request: FeedRequest, watch: Stopwatch): Asked {
  const { headers, mount, rawQuery } = request;

  checkProtocolVersion(textOf(headers['odata-maxversion']), textOf(headers['odata-version']));
  const wanted = parseRequest(mount.resource, rawQuery);
  const version = decideVersion(mount, wanted.options.apiVersion);
  const preferences = parsePrefer(textOf(headers.prefer));
  const root = `${request.base}${contextRoot(mount, version)}`;
  watch.lap('parse');

  const { resource, options } = wanted;
  if (resource.kind !== 'path') return { kind: 'document', wanted: { resource, options, version, root } };

  const chain = chainName(request, version);
  const continuation = readContinuation(options.skiptoken, chain);
  // A chain that crosses midnight keeps the day it began on, as it keeps its snapshot.
  const began = continuation ? new Date(continuation.began) : feed.clock.now();
  const context = { version, catalogues: feed.catalogues, now: began, limits: LIMITS, continuation };
  const track = trackName(request, version);
  const pinned = continuation?.generation ?? null;
  const newest = pinned === null ? feed.engine.current() : feed.engine.generation(pinned);
  const { deltatoken } = options;
  const maxVersion = textOf(headers['odata-maxversion']);
  const changes =
    deltatoken === null || version === 'v1.0'
      ? null
      : askChanges(
          feed.engine,
          deltatoken,
          { wanted, newest: mustBeKept(newest, pinned), track, maxVersion },
          context,
        );
  const plan = changes?.plan.now ?? planRead(wanted, context);
  const bare = plan.shape === 'count' || plan.shape === 'value';
  const encoding = negotiate(bare ? undefined : headers.accept, bare ? null : options.format);
  const generation = mustBeKept(newest, pinned);
  watch.lap('plan');

  const tracks = continuation ? continuation.tracks : preferences.trackChanges && canTrack(wanted, plan);
  const served = continuation?.served ?? 0;
  const said = { resource, encoding, preferences, generation, root, began, served, chain };
  return { kind: 'read', reading: { ...said, plan, changes, track: tracks || changes ? track : null } };
}

/** Where a snapshot is gone, where to begin again. */
function withBeginning(error: unknown, { base, mount, rawQuery }: FeedRequest): unknown {
  if (!(error instanceof FeedError) || error.code !== 'request.generation-gone') return error;
  const { code, message, hint } = error;
  const location = firstLink(`${base}${mount.root.path}${mount.resource}`, rawQuery);
  return new FeedError(code, message, { location, ...(hint !== undefined && { hint }) });
}

function textOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.join(', ');
}
