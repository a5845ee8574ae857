// The running server: where it listens, and how it ends without cutting off answers under way.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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

/** Port 0 takes any free one. Throws `setup.bad-setting` where it cannot listen. */
export async function listen(app: Express, host: string, port: number): Promise<RunningServer> {
  const server = createServer({ maxHeaderSize: HEADER_BYTES }, app);
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
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`,
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

function cannotListen(host: string, port: number, cause: NodeJS.ErrnoException): FeedError {
  const why = cause.code === 'EADDRINUSE' ? 'another program listens there' : cause.message;
  return new FeedError('setup.bad-setting', `Cannot listen on ${host}:${port}: ${why}.`, {
    target: '--port',
    hint: 'Choose another with --port.',
    cause,
  });
}
