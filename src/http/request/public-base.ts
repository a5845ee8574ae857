// The public address of this server, as the client reaches it. Context and nextLink are built from it only.
import type { Request } from 'express';
import { FeedError } from '../../base/feed-error.ts';

/**
 * `https://fleet.example:8443/prefix`, without a slash at its end: the setting if there is one, else the requested host.
 * `X-Forwarded-Proto`, `-Host` and `-Prefix` are used from trusted proxies only.
 */
export function publicBase(request: Request, publicUrl: string | null): string {
  if (publicUrl !== null) return publicUrl;
  // Express has applied X-Forwarded-Proto and -Host already, if the sender is trusted.
  const host = (request.host as string | undefined) ?? '';
  const prefix = forwardedPrefix(request);
  // The texts become part of links, so they may hold nothing but an address.
  const isAddress =
    /^https?$/i.test(request.protocol) &&
    /^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i.test(host) &&
    /^(\/[\w.~-]+)*\/?$/.test(prefix);
  const base = `${request.protocol}://${host}${prefix}`;
  // The pattern lets numbers pass that are no port and no IP address.
  if (isAddress && URL.canParse(base)) return base.replace(/\/$/, '');
  throw new FeedError('request.malformed-url', `The host '${host}' is not an address.`, { target: 'Host' });
}

function forwardedPrefix(request: Request): string {
  const isTrusted = request.app.get('trust proxy fn') as (
    address: string | undefined,
    hop: number,
  ) => boolean;
  const prefix = request.headers['x-forwarded-prefix'];
  return typeof prefix === 'string' && isTrusted(request.socket.remoteAddress, 0) ? prefix : '';
}
