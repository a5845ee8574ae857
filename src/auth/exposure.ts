// The start-up rule: who can reach the port without credentials. Better no feed than one open to the network by accident.
import { isIPv4 } from 'node:net';
import { FeedError } from '../base/feed-error.ts';

export interface Exposure {
  readonly host: string;
  readonly anonymous: 'loopback' | 'allow';
}

/** Throws `setup.unsafe` where reading without credentials would be possible from another machine. */
export function refuseExposure({ host, anonymous }: Exposure): void {
  if (isLoopback(host) || anonymous === 'allow') return;
  throw new FeedError(
    'setup.unsafe',
    `Bound to '${host}', anyone on the network could read devices and users without credentials; nothing was started.`,
    {
      target: '--host',
      hint:
        'Bind to this machine with --host 127.0.0.1, or put a proxy that asks for credentials in front, ' +
        'set --trusted-proxies and --public-url, and say --anonymous allow.',
    },
  );
}

/** Whether only this machine can reach what is bound there. A name that merely resolves to it today does not count. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
