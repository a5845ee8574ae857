// Who a request without credentials was meant for: a page from elsewhere must not read the feed through a visitor's browser.
import { FeedError } from '../base/feed-error.ts';
import { isLoopback } from './exposure.ts';

export interface HostPolicy {
  readonly anonymous: 'loopback' | 'allow' | 'never';
  readonly publicUrl: string | null;
}

/**
 * A browser on this machine can be sent here under any name that its owner lets point at 127.0.0.1, and would hand what
 * it reads to that owner's page (DNS rebinding). So where only this machine may read, the `Host` must be one of its own
 * names or that of the public URL. Throws `request.strange-host`. No browser leaves the header out.
 */
export function refuseUntrustedHost(host: string | undefined, { anonymous, publicUrl }: HostPolicy): void {
  if (host === undefined || anonymous === 'allow') return;
  const name = host.toLowerCase().replace(/:\d*$/, '');
  if (isLoopback(name.replace(/^\[(.*)\]$/, '$1'))) return;
  if (publicUrl !== null && name === new URL(publicUrl).hostname) return;
  throw new FeedError('request.strange-host', `This feed is not called '${host}'.`, {
    target: 'Host',
    hint: 'Without credentials it answers to 127.0.0.1 and localhost only; other names are for --public-url.',
  });
}
