// POST …/devices/$query: the options of a read in the body, for clients whose addresses may not be that long.
import type { Request } from 'express';
import { FeedError } from '../../base/feed-error.ts';
import { parseHeaderList } from '../../odata/headers/parse-header-list.ts';
import { type FeedRequest, parseTarget, splitTarget } from './feed-request.ts';
import { findMount } from './service-roots.ts';
import { publicBase } from './public-base.ts';
import { readBody } from './read-body.ts';
import type { Feed } from '../feed.ts';
import type { RequestContext } from './request-context.ts';

const SUFFIX = /\/(?:\$|%24)query\/?$/;

// Both have the form of a query string.
const MEDIA_TYPES: readonly string[] = ['text/plain', 'application/x-www-form-urlencoded'];

/** Whether it is a read whose options are in its body. */
export function isPostedQuery({ method, originalUrl }: Pick<Request, 'method' | 'originalUrl'>): boolean {
  const { path } = splitTarget(originalUrl);
  return method === 'POST' && SUFFIX.test(path) && findMount(path) !== null;
}

/**
 * The same read as a GET of the address before `/$query`, with the options of the address and of the body together. The
 * answer and its next link are those of that GET.
 * Throws `request.unsupported-media`, `limit.query-too-long`, `request.malformed-url`, and as parseTarget does.
 */
export async function readPostedQuery(
  { request, contentEncoding, signal }: Pick<RequestContext, 'request' | 'contentEncoding' | 'signal'>,
  { settings: { publicUrl }, limits }: Pick<Feed, 'settings' | 'limits'>,
): Promise<FeedRequest> {
  const [type] = parseHeaderList(request.headers['content-type'] ?? '');
  if (!MEDIA_TYPES.includes(type?.name ?? '')) {
    const message = `Options are not read as '${request.headers['content-type'] ?? ''}'.`;
    throw new FeedError('request.unsupported-media', message, {
      target: 'Content-Type',
      hint: 'Send text/plain: what would follow the ? of the address.',
    });
  }
  const { path, rawQuery } = splitTarget(request.originalUrl);
  const body = await readBody(request, {
    limit: 'queryCharacters',
    limits,
    malformedCode: 'request.malformed-url',
  });
  const options = [rawQuery, toAscii(body.trim())].filter((each) => each !== '').join('&');
  return {
    ...parseTarget(`${path.replace(SUFFIX, '')}?${options}`, publicBase(request, publicUrl)),
    // An entity tag belongs to an address, and this answer has none.
    headers: { ...request.headers, 'if-none-match': undefined },
    contentEncoding,
    wantsBody: true,
    signal,
  };
}

// A body can hold characters that an address cannot, and the next link is an address.
function toAscii(query: string): string {
  return query.replaceAll(/[^!-~]+/g, encodeURIComponent);
}
