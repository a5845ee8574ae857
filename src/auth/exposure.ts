// The start-up rule: who can reach the port, and with what. Better no feed than one open to the network by accident.
import { isIPv4 } from 'node:net';
import { FeedError } from '../base/feed-error.ts';

export interface Exposure {
  readonly host: string;
  readonly publicUrl: string | null;
  readonly trustedProxies: readonly string[];
  /** `loopback`: whoever is on this machine, where nobody else can reach the port. */
  readonly anonymous: 'loopback' | 'allow' | 'never';
}

/** What stands between a reader and the feed. */
export interface Protection {
  /** Whether the feed speaks TLS by itself. */
  readonly tls: boolean;
  /** Whether there is a key, or a directory to sign in with. */
  readonly canAuthenticate: boolean;
}

/** Throws `setup.unsafe` where data or credentials would be open to others than those they are for. */
export function refuseExposure(exposure: Exposure, { tls, canAuthenticate: knowsReaders }: Protection): void {
  const { host, anonymous, trustedProxies } = exposure;
  if (anonymous === 'allow' || !isReachable(exposure)) return;
  if (!knowsReaders) {
    throw new FeedError(
      'setup.unsafe',
      `Reached as '${exposure.publicUrl ?? host}', the feed would let nobody in, since it knows no key and no directory; nothing was started.`,
      {
        target: '--host',
        hint:
          "Make a key with 'fleetfeed keys add', or set --audiences for sign-in with Microsoft Entra; or stay on this " +
          'machine with --host 127.0.0.1. A proxy in front that asks for credentials itself is told with --anonymous allow.',
      },
    );
  }
  if (tls || isLoopback(host) || trustedProxies.length > 0) return;
  throw new FeedError(
    'setup.unsafe',
    `Bound to '${host}' without TLS, credentials would cross the network in the clear; nothing was started.`,
    {
      target: '--host',
      hint: 'Set --tls-cert and --tls-key, or put a proxy that speaks TLS in front and name it with --trusted-proxies.',
    },
  );
}

/** Whether someone without credentials may read. */
export function allowsAnonymous(exposure: Exposure): boolean {
  return exposure.anonymous === 'allow' || (exposure.anonymous === 'loopback' && !isReachable(exposure));
}

// A proxy on this machine makes everyone look as if they were on it too.
function isReachable({ host, publicUrl, trustedProxies }: Exposure): boolean {
  return !isLoopback(host) || publicUrl !== null || trustedProxies.length > 0;
}

/** Whether only this machine can reach what is bound there. A name that merely resolves to it today does not count. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
