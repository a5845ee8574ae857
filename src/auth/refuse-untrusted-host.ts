// Checks the Host header of anonymous requests: a foreign page must not read the feed through a visitor's browser.
import { FeedError } from '../base/feed-error.ts';
import { isLoopback } from './exposure.ts';

export interface HostPolicy {
  readonly anonymous: 'loopback' | 'allow' | 'never';
  readonly publicUrl: string | null;
}

/**
 * DNS rebinding: an attacker's name may point at 127.0.0.1, and a browser on this machine then hands what it reads to the
 * attacker's page. So where only this machine may read, the `Host` must be one of its own names or that of the public URL.
 * A request without the header comes from no browser. Throws `request.strange-host`.
 */
export function refuseUntrustedHost(host: string | undefined, { anonymous, publicUrl }: HostPolicy): void {
  if (host === undefined || anonymous === 'allow') return;
  const name = host.toLowerCase().replace(/:\d*$/, '');
  if (isLoopback(name.replace(/^\[(.*)\]$/, '$1'))) return;
  if (publicUrl !== null && name === new URL(publicUrl).hostname) return;
  throw new FeedError('request.strange-host', `This feed is not called '${host}'.`, {
    target: 'Host',
    hint: 'Without credentials it answers to 127.0.0.1 and localhost only; set other names with --public-url.',
  });
}
