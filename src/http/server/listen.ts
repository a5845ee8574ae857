// The running server: where it listens, its timeouts, and how it stops without cutting off answers.
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Express } from 'express';
import { FeedError } from '../../base/feed-error.ts';
import type { Observer } from '../../base/observation.ts';
import { answerFailure } from '../answer-failure.ts';
import { toOriginForm } from './to-origin-form.ts';
import { readIdentity, watchIdentity, type TlsFiles } from './tls-identity.ts';

export interface RunningServer {
  /** `http://127.0.0.1:4004`: what it is bound to. */
  readonly url: string;
  /** Accepts no more requests, lets running ones finish for `graceMs`, then ends them. */
  stop(graceMs: number): Promise<void>;
}

// Room for a query as long as the limit queryCharacters and for other headers, so that the error is ours and not Node's.
const MAX_HEADER_BYTES = 64 * 1024;
// With more, one client could use up all file descriptors of the process.
const MAX_CONNECTIONS = 4096;

/** How long the server waits for a client, in milliseconds. */
export interface ServerTimeouts {
  /** For the head of a request. */
  readonly headers: number;
  /** For the whole request. */
  readonly request: number;
  /** While nothing at all happens on a connection. */
  readonly idle: number;
  /** Between checks of the two above. */
  readonly checkInterval: number;
  /** Between checks of the certificate files. */
  readonly certificateInterval: number;
}

const DEFAULT_TIMEOUTS: ServerTimeouts = {
  headers: 20_000,
  request: 60_000,
  idle: 120_000,
  checkInterval: 5000,
  certificateInterval: 60_000,
};

export interface ListenSettings extends TlsFiles {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
}

/** Throws `setup.bad-setting` where it cannot listen. */
export async function listen(
  app: Express,
  { host, port, ...files }: ListenSettings,
  observe: Observer,
  timeouts = DEFAULT_TIMEOUTS,
): Promise<RunningServer> {
  const identity = readIdentity(files);
  const options = {
    maxHeaderSize: MAX_HEADER_BYTES,
    // Of two Host or Authorization headers Node would take the first, and a proxy in front perhaps the last: joined, neither is valid.
    joinDuplicateHeaders: true,
    headersTimeout: timeouts.headers,
    requestTimeout: timeouts.request,
    connectionsCheckingInterval: timeouts.checkInterval,
  };
  const answer: RequestListener = (request, response) => {
    toOriginForm(request);
    app(request, response);
  };
  const tlsServer = identity && createTlsServer({ ...options, ...identity, minVersion: 'TLSv1.2' }, answer);
  const server: Server = tlsServer ?? createServer(options, answer);
  const certificateWatch =
    tlsServer && watchCertificate(tlsServer, files, observe, timeouts.certificateInterval);
  server.timeout = timeouts.idle;
  server.maxConnections = MAX_CONNECTIONS;
  server.on('clientError', answerClientError);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(cannotListen(host, port, cause)));
    server.listen(port, host, resolve);
  });
  const { address, family, port: boundPort } = server.address() as AddressInfo;
  return {
    url: `${identity ? 'https' : 'http'}://${family === 'IPv6' ? `[${address}]` : address}:${boundPort}`,
    stop: (graceMs) =>
      new Promise((resolve) => {
        certificateWatch?.stop();
        const closeTimer = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(closeTimer);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

/** Open connections keep the certificate that they began with. */
function watchCertificate(server: TlsServer, files: TlsFiles, observe: Observer, everyMs: number) {
  return watchIdentity(files, everyMs, ({ identity, problem }) => {
    if (identity) server.setSecureContext({ ...identity, minVersion: 'TLSv1.2' });
    observe({ kind: 'server.certificate', problem: problem?.message ?? null });
  });
}

/** Answers what Node could not parse as a request. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const { status, headers, body } = answerFailure(clientErrorOf(error));
  const reason = status === 408 ? 'Request Timeout' : 'Bad Request';
  const head = Object.entries({ ...headers, 'OData-Version': '4.0', Connection: 'close' });
  const lines = head.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(`HTTP/1.1 ${status} ${reason}\r\n${lines}\r\n${Buffer.from(body).toString()}`);
}

function clientErrorOf({ code }: NodeJS.ErrnoException): FeedError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new FeedError('limit.query-too-long', `The request is longer than ${MAX_HEADER_BYTES} bytes.`);
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new FeedError('limit.too-slow', 'The request was not complete in time.');
  return new FeedError('request.malformed-url', 'This is not a well-formed HTTP request.');
}

function cannotListen(host: string, port: number, cause: NodeJS.ErrnoException): FeedError {
  const reason = cause.code === 'EADDRINUSE' ? 'another program listens there' : cause.message;
  return new FeedError('setup.bad-setting', `Cannot listen on ${host}:${port}: ${reason}.`, {
    target: '--port',
    hint: 'Choose another with --port.',
    cause,
  });
}
