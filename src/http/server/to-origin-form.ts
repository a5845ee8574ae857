// Request targets come in several forms (RFC 9112 3.2); behind this border there is one: path and query.
import type { IncomingMessage } from 'node:http';

const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/i;

/**
 * `GET http://fleet.example/beta?$top=3` becomes what it would be as `GET /beta?$top=3` with that Host, whatever Host was
 * sent with it. Anything else that is no path becomes one at which nothing lives: Express would take it apart as an
 * address, by a parser that Node advises against.
 */
export function toOriginForm(request: Pick<IncomingMessage, 'url' | 'headers'>): void {
  const target = request.url ?? '';
  if (target.startsWith('/')) return;
  const [, authority, rest = ''] = ABSOLUTE.exec(target) ?? [];
  if (authority !== undefined) request.headers.host = authority;
  const path = authority === undefined ? target : rest;
  request.url = path.startsWith('/') ? path : `/${path}`;
}
