// The check at startup: who can reach the port, and what protects the data. No feed is better than one that is open by accident.
import { isIPv4 } from 'node:net';
import { FeedError } from '../base/feed-error.ts';

export interface Exposure {
  readonly host: string;
  readonly publicUrl: string | null;
  readonly trustedProxies: readonly string[];
  /** `loopback`: users of this machine, where nobody else can reach the port. */
  readonly anonymous: 'loopback' | 'allow' | 'never';
}

/** What protects the feed. */
export interface Protection {
  /** Whether the feed itself serves TLS. */
  readonly tls: boolean;
  /** Whether there is a key, or sign-in with Microsoft Entra. */
  readonly canAuthenticate: boolean;
}

/** Throws `setup.unsafe` where unauthorized people could see data or credentials. */
export function refuseExposure(exposure: Exposure, { tls, canAuthenticate: knowsReaders }: Protection): void {
  const { host, anonymous, trustedProxies } = exposure;
  if (anonymous === 'allow' || !isReachable(exposure)) return;
  if (!knowsReaders) {
    throw new FeedError(
      'setup.unsafe',
      `Reached as '${exposure.publicUrl ?? host}', nobody could read the feed, since there is no key and no sign-in; nothing was started.`,
      {
        target: '--host',
        hint:
          "Make a key with 'fleetfeed keys add', or set --audiences for sign-in with Microsoft Entra; or stay on this " +
          'machine with --host 127.0.0.1. If a proxy in front authenticates readers itself, set --anonymous allow.',
      },
    );
  }
  if (tls || isLoopback(host) || trustedProxies.length > 0) return;
  throw new FeedError(
    'setup.unsafe',
    `Bound to '${host}' without TLS, credentials would cross the network in the clear; nothing was started.`,
    {
      target: '--host',
      hint: 'Set --tls-cert and --tls-key, or put a proxy with TLS in front and name it with --trusted-proxies.',
    },
  );
}

/** Whether someone without credentials may read. */
export function allowsAnonymous(exposure: Exposure): boolean {
  return exposure.anonymous === 'allow' || (exposure.anonymous === 'loopback' && !isReachable(exposure));
}

// Behind a proxy on this machine every client looks local.
function isReachable({ host, publicUrl, trustedProxies }: Exposure): boolean {
  return !isLoopback(host) || publicUrl !== null || trustedProxies.length > 0;
}

/** Whether only this machine can reach the address. A name that resolves to it today does not count. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
