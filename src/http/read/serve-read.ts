// The corridor: what a client asks for becomes, step by step, the bytes that go back.
import { FeedError } from '../../base/feed-error.ts';
import type { Answer } from '../answer.ts';
import { firstLink } from '../cursor/next-link.ts';
import { serveDocument } from '../documents/serve-document.ts';
import type { Feed } from '../feed.ts';
import { matchesEtag } from '../request/etag.ts';
import type { FeedRequest } from '../request/feed-request.ts';
import type { Stopwatch } from '../request/stopwatch.ts';
import { encodePageAnswer } from './encode-page-answer.ts';
import { encodeValueAnswer } from './encode-value-answer.ts';
import { parseFeedRequest } from './parse-feed-request.ts';
import type { ParsedRead } from './parsed-read.ts';
import { planRequest } from './plan-request.ts';
import type { PlannedRead } from './planned-read.ts';
import { readEtag } from './read-etag.ts';
import { readRows, type ReadRows } from './read-rows.ts';
import { renderRead } from './render-read.ts';

/**
 * Answers one read. The steps are those of the Server-Timing header; each takes the value of the one before.
 * Throws FeedErrors; nothing has been sent by then.
 */
export async function serveRead(feed: Feed, request: FeedRequest, stopwatch: Stopwatch): Promise<Answer> {
  const parsed = stopwatch.time('parse', () => parseFeedRequest(request, feed.limits));
  if (parsed.kind === 'document') return serveDocument(feed, request, parsed);
  try {
    const planned = stopwatch.time('plan', () => planRequest(parsed, feed));
    const etag = readEtag(request, planned, feed.fingerprint);
    if (etag !== null && matchesEtag(request.headers['if-none-match'], etag)) {
      return { status: 304, headers: { ETag: etag }, body: null };
    }
    const rendered = stopwatch.time('render', () => renderRead(planned, feed));
    const rows = await stopwatch.timeAsync('read', () => readRows(rendered, planned, feed, request));
    return stopwatch.time('encode', () => withCaching(encodeAnswer(planned, rows), etag));
  } catch (error) {
    throw withFirstPageLink(error, parsed);
  }
}

function encodeAnswer(planned: PlannedRead, rows: ReadRows): Answer {
  return rows.kind === 'page' ? encodePageAnswer(planned, rows) : encodeValueAnswer(planned, rows);
}

function withCaching(answer: Answer, etag: string | null): Answer {
  const isTagged = etag !== null && answer.status === 200;
  const caching = { 'Cache-Control': 'private, no-cache', ...(isTagged && { ETag: etag }) };
  return { ...answer, headers: { ...answer.headers, ...caching } };
}

/** Where the generation of a page is gone, the error says where to begin again. */
function withFirstPageLink(error: unknown, { address, query }: ParsedRead): unknown {
  if (!(error instanceof FeedError) || error.code !== 'request.generation-gone') return error;
  const { code, message, hint } = error;
  return new FeedError(code, message, { location: firstLink(address, query), hint });
}
