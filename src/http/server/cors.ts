// CORS: pages of other origins may read the feed only where a setting names the origin.
import type { Request, Response } from 'express';
import type { Answer } from '../answer.ts';

// A page sees only the headers that are named here.
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

// Browsers cap this at two hours.
const PREFLIGHT_SECONDS = 7200;

/** Whether it is a preflight: the browser asks, without credentials, if a page may send the request. */
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

/** Lets the page read the answer, if its origin is on the list. Cookies are not used, so credentials are not allowed. */
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
