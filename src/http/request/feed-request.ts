// What the corridor needs of an HTTP request.
import type { IncomingHttpHeaders } from 'node:http';
import { FeedError } from '../../base/feed-error.ts';
import { followEntityId } from './follow-entity-id.ts';
import { findMount, type Mount } from './service-roots.ts';
import { publicBase } from './public-base.ts';
import type { ContentEncoding } from './content-encoding.ts';
import type { RequestContext } from './request-context.ts';

export interface FeedRequest {
  readonly mount: Mount;
  /** As it came, percent-encoded, without the `?`. */
  readonly rawQuery: string;
  /** Absolute public address of the server, without a slash at its end. */
  readonly base: string;
  readonly headers: IncomingHttpHeaders;
  readonly contentEncoding: ContentEncoding;
  /** False for HEAD. */
  readonly wantsBody: boolean;
  /** Aborts when the client has disconnected. */
  readonly signal: AbortSignal;
}

/** Throws `request.method-not-allowed`, `request.unknown-resource`, and `request.malformed-url` for a bad host. */
export function readFeedRequest(
  { request, contentEncoding, signal }: Pick<RequestContext, 'request' | 'contentEncoding' | 'signal'>,
  publicUrl: string | null,
): FeedRequest {
  const { method } = request;
  if (method !== 'GET' && method !== 'HEAD') {
    const message = `The feed is read-only: ${method} is not offered.`;
    throw new FeedError('request.method-not-allowed', message, { hint: 'Use GET or HEAD.' });
  }
  return {
    ...parseTarget(request.originalUrl, publicBase(request, publicUrl)),
    headers: request.headers,
    contentEncoding,
    wantsBody: method === 'GET',
    signal,
  };
}

/**
 * Where a request target leads: `/beta/devices?$top=3`. `base` is the server's public address.
 * Throws `request.unknown-resource`, and `request.malformed-url` for an $id that is not the id of a row.
 */
export function parseTarget(target: string, base: string): Pick<FeedRequest, 'mount' | 'rawQuery' | 'base'> {
  const { path, rawQuery } = splitTarget(target);
  const mount = findMount(path);
  if (mount) return followEntityId({ mount, rawQuery, base });
  throw new FeedError('request.unknown-resource', `Nothing lives at '${path}'.`, {
    target: path,
    hint: `The feed is at ${base}/v1.0.`,
  });
}

/** Path and query of a request target. Bytes beyond ASCII, which curl sends as they are, become percent-encoded. */
export function splitTarget(target: string): { readonly path: string; readonly rawQuery: string } {
  const ascii = target.replaceAll(/[\u0080-\u00ff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`);
  const queryStart = ascii.indexOf('?');
  return queryStart < 0
    ? { path: ascii, rawQuery: '' }
    : { path: ascii.slice(0, queryStart), rawQuery: ascii.slice(queryStart + 1) };
}
