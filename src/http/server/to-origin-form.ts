// Request targets come in several forms (RFC 9112 3.2). All are turned into one: path and query.
import type { IncomingMessage } from 'node:http';

const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/i;

/**
 * `GET http://fleet.example/beta?$top=3` becomes `GET /beta?$top=3` with that Host, whatever Host was sent with it. Any
 * other target that is not a path becomes a path that does not exist: Express would parse it as a URL, with a parser that
 * Node advises against.
 */
export function toOriginForm(request: Pick<IncomingMessage, 'url' | 'headers'>): void {
  const target = request.url ?? '';
  if (target.startsWith('/')) return;
  const [, authority, rest = ''] = ABSOLUTE.exec(target) ?? [];
  if (authority !== undefined) request.headers.host = authority;
  const path = authority === undefined ? target : rest;
  request.url = path.startsWith('/') ? path : `/${path}`;
}
