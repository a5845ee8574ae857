// An address inside a request, in a part of a $batch or in $id → the request target that it means.
import { FeedError } from '../../base/feed-error.ts';

export interface ServiceLocation {
  /** Absolute public address of the server, without a slash at its end. */
  readonly base: string;
  /** Path of the service root: `/beta`. */
  readonly root: string;
}

/**
 * `devices(7)` from the service root, `/beta/devices(7)` from the host, or an absolute address: all give the same target.
 * Throws `request.unknown-resource` for an address of another server, `request.malformed-url`.
 */
export function resolveUrl(url: string, { base, root }: ServiceLocation): string {
  const written = toAscii(url.trim());
  if (written.startsWith('/')) {
    const prefix = new URL(base).pathname.replace(/\/$/, '');
    const isBelow = prefix !== '' && written.startsWith(`${prefix}/`);
    return isBelow ? written.slice(prefix.length) : written;
  }
  if (!/^https?:\/\//i.test(written)) return `${root}/${written}`;
  // Scheme and host may be in upper or lower case.
  const isOurs = written.slice(0, base.length).toLowerCase() === base.toLowerCase();
  if (isOurs && /^[/?]/.test(written.slice(base.length))) return written.slice(base.length);
  throw new FeedError('request.unknown-resource', `'${written}' is not an address of this feed.`, {
    target: url,
    hint: `Its addresses begin with ${base}${root}.`,
  });
}

// JSON can hold what a request line cannot.
function toAscii(url: string): string {
  try {
    return url.replaceAll(/[^\0-\u007f]+/g, encodeURIComponent);
  } catch (cause) {
    throw new FeedError('request.malformed-url', 'The address holds an incomplete character.', { cause });
  }
}
