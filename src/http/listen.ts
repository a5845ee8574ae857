// The running server: where it listens, and how it ends without cutting off answers under way.
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { Express } from 'express';
import { FeedError } from '../base/feed-error.ts';
import { answerFailure } from './failure.ts';

export interface RunningServer {
  /** `http://127.0.0.1:4004`: what it is bound to. */
  readonly url: string;
  /** Takes no more requests, lets those under way finish for `graceMs`, then ends them. */
  stop(graceMs: number): Promise<void>;
}

// Room for a query of LIMITS.queryCharacters and headers beside it, so that the limit is told by us and not by Node.
const HEADER_BYTES = 64 * 1024;
// A client that reads nothing for so long has gone.
const SILENT_MS = 120_000;

export interface ListenSettings {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Files in PEM; both or neither. */
  readonly tlsCert: string | null;
  readonly tlsKey: string | null;
}

/** Throws `setup.bad-setting` where it cannot listen. */
export async function listen(app: Express, { host, port, ...tls }: ListenSettings): Promise<RunningServer> {
  const identity = readIdentity(tls);
  // Of two Hosts or two Authorizations Node would take the first, and a proxy in front perhaps the last: joined, they are neither.
  const options = { maxHeaderSize: HEADER_BYTES, joinDuplicateHeaders: true };
  const server: Server = identity
    ? createTlsServer({ ...options, ...identity, minVersion: 'TLSv1.2' }, app)
    : createServer(options, app);
  server.timeout = SILENT_MS;
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return;
    const isLong = error.code === 'HPE_HEADER_OVERFLOW';
    const failure = answerFailure(
      isLong
        ? new FeedError('limit.query-too-long', `The request is longer than ${HEADER_BYTES} bytes.`)
        : new FeedError('request.malformed-url', 'This is not a well-formed HTTP request.'),
    );
    const head = Object.entries({ ...failure.headers, 'OData-Version': '4.0', Connection: 'close' });
    const lines = head.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    socket.end(`HTTP/1.1 400 Bad Request\r\n${lines}\r\n${Buffer.from(failure.body).toString()}`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(cannotListen(host, port, cause)));
    server.listen(port, host, resolve);
  });
  const { address, family, port: bound } = server.address() as AddressInfo;
  return {
    url: `${identity ? 'https' : 'http'}://${family === 'IPv6' ? `[${address}]` : address}:${bound}`,
    stop: (graceMs) =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

function readIdentity({ tlsCert, tlsKey }: Pick<ListenSettings, 'tlsCert' | 'tlsKey'>): {
  readonly cert: Buffer;
  readonly key: Buffer;
} | null {
  if (tlsCert === null && tlsKey === null) return null;
  const read = (path: string | null, flag: string): Buffer => {
    if (path === null) throw badIdentity(`${flag} is not set, and its other half is.`, flag);
    try {
      return readFileSync(path);
    } catch (cause) {
      throw badIdentity(`${flag} names '${path}', which cannot be read.`, flag, cause);
    }
  };
  const identity = { cert: read(tlsCert, '--tls-cert'), key: read(tlsKey, '--tls-key') };
  try {
    createSecureContext(identity);
  } catch (cause) {
    throw badIdentity('The certificate and the key do not fit, or are not PEM.', '--tls-cert', cause);
  }
  return identity;
}

function badIdentity(message: string, target: string, cause?: unknown): FeedError {
  return new FeedError('setup.bad-setting', message, {
    target,
    hint: 'Both are files in PEM: the certificate with its chain, and its private key.',
    cause,
  });
}

function cannotListen(host: string, port: number, cause: NodeJS.ErrnoException): FeedError {
  const why = cause.code === 'EADDRINUSE' ? 'another program listens there' : cause.message;
  return new FeedError('setup.bad-setting', `Cannot listen on ${host}:${port}: ${why}.`, {
    target: '--port',
    hint: 'Choose another with --port.',
    cause,
  });
}
