// Headers that every answer has, whatever it is.
import type { Quota } from '../../auth/budgets.ts';
import { setCorsHeaders } from './cors.ts';
import type { RequestContext } from '../request/request-context.ts';

const HEADERS = {
  'OData-Version': '4.0',
  Vary: 'Accept, Accept-Encoding, Authorization, Prefer, OData-MaxVersion, X-Api-Key',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
} as const;

const YEAR_SECONDS = 31_536_000;

export function setCommonHeaders(
  { id, request, response }: RequestContext,
  corsOrigins: readonly string[],
): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  response.setHeader('request-id', id);
  const clientId = request.headers['client-request-id'];
  if (typeof clientId === 'string' && /^[\x21-\x7e]{1,128}$/.test(clientId)) {
    response.setHeader('client-request-id', clientId);
  }
  if (request.secure) response.setHeader('Strict-Transport-Security', `max-age=${YEAR_SECONDS}`);
  setCorsHeaders(request, response, corsOrigins);
}

/** RateLimit-Policy and RateLimit, as draft-ietf-httpapi-ratelimit-headers-10 defines them. */
export function setRateLimitHeaders({ response }: RequestContext, quotas: readonly Quota[]): void {
  if (quotas.length === 0) return;
  const policies = quotas.map(({ name, unit, capacity, time }) => {
    const window = time === null ? '' : `;w=${time.window}`;
    return `"${name}";q=${capacity}${window};qu="${unit}"`;
  });
  const states = quotas.map(({ name, remaining, time }) => {
    return `"${name}";r=${remaining}${time === null ? '' : `;t=${time.secondsToFull}`}`;
  });
  response.setHeader('RateLimit-Policy', policies.join(', '));
  response.setHeader('RateLimit', states.join(', '));
}
