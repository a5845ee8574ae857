// Pages of other origins: none may read the feed with a visitor's browser, but for those that a setting names.
import type { Request, Response } from 'express';
import type { Answer } from '../answer.ts';

// What the feed's own protocol says beside the body; a page sees no other header unless it is named.
const EXPOSED_HEADERS = [
  'OData-Version',
  'Preference-Applied',
  'ETag',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
  'Server-Timing',
  'Fleetfeed-Advice',
  'request-id',
].join(', ');

const ALLOWED_HEADERS = [
  'Accept',
  'Authorization',
  'Content-Type',
  'If-None-Match',
  'OData-MaxVersion',
  'OData-Version',
  'Prefer',
  'X-Api-Key',
  'client-request-id',
].join(', ');

// Browsers ask again after two hours at most, whatever they are told.
const PREFLIGHT_SECONDS = 7200;

/** Whether a browser asks, before the request itself and without its credentials, if a page may make it. */
export function isPreflight(
  { method, headers }: Pick<Request, 'method' | 'headers'>,
  origins: readonly string[],
): boolean {
  return (
    method === 'OPTIONS' &&
    headers['access-control-request-method'] !== undefined &&
    isAllowedOrigin(headers.origin, origins)
  );
}

export function answerPreflight(): Answer {
  return {
    status: 204,
    headers: {
      'Access-Control-Allow-Methods': 'GET, HEAD, POST',
      'Access-Control-Allow-Headers': ALLOWED_HEADERS,
      'Access-Control-Max-Age': String(PREFLIGHT_SECONDS),
      'Cache-Control': 'no-store',
    },
    body: null,
  };
}

/** Lets the page that asks read the answer, where its origin is on the list. Cookies are never taken, so none are allowed. */
export function setCorsHeaders({ headers }: Request, response: Response, origins: readonly string[]): void {
  if (origins.length === 0) return;
  response.appendHeader('Vary', 'Origin');
  if (!isAllowedOrigin(headers.origin, origins)) return;
  response.setHeader('Access-Control-Allow-Origin', headers.origin ?? '');
  response.setHeader('Access-Control-Expose-Headers', EXPOSED_HEADERS);
  response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
}

function isAllowedOrigin(origin: string | undefined, origins: readonly string[]): boolean {
  return origin !== undefined && origins.includes(origin.toLowerCase());
}
