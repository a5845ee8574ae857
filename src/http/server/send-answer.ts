// Writes an answer to the connection: compressed if the client accepts it, never faster than the client reads.
import type { Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { constants, createGzip, gzip } from 'node:zlib';
import type { Response } from 'express';
import type { Answer, BodyPart } from '../answer.ts';
import type { ContentEncoding } from '../request/content-encoding.ts';

export interface SendOptions {
  readonly contentEncoding: ContentEncoding;
  readonly wantsBody: boolean;
  /** Aborts when nothing more can be sent. */
  readonly signal: AbortSignal;
  /** A client that takes nothing for so long is disconnected. */
  readonly stallMs: number;
  /** Called for each part that is sent; bytes are those before compression. */
  readonly onPart: (rows: number, bytes: number) => void;
}

const gzipAsync = promisify(gzip);
// Rows repeat their names: low levels gain nearly as much as high ones, and the network is rarely the slow part.
const GZIP_LEVEL = 2;
const MIN_GZIP_BYTES = 1024;
// What a client has to take within the stall timeout.
const SLICE_BYTES = 256 * 1024;

/**
 * Writes status, headers and body. A stream that fails after its first byte destroys the connection, so that the client
 * sees a broken transfer and not a table that is silently short.
 */
export async function sendAnswer(
  { status, headers, body, rows = 0 }: Answer,
  response: Response,
  { contentEncoding, wantsBody, signal, stallMs, onPart }: SendOptions,
): Promise<void> {
  if (body === null || !wantsBody) {
    response.writeHead(status, headers).end();
    return;
  }
  const stallTimeout = makeStallTimeout(response, stallMs);
  if (body instanceof Uint8Array) {
    const isGzipped = contentEncoding === 'gzip' && body.length > MIN_GZIP_BYTES;
    const wire = isGzipped ? await gzipAsync(body, { level: GZIP_LEVEL }) : body;
    const encodingHeader = isGzipped ? { 'Content-Encoding': 'gzip' } : {};
    stallTimeout.start();
    response.writeHead(status, { ...headers, ...encodingHeader, 'Content-Length': wire.length }).end(wire);
    onPart(rows, body.length);
    return;
  }
  response.writeHead(
    status,
    contentEncoding === 'gzip' ? { ...headers, 'Content-Encoding': 'gzip' } : headers,
  );
  const writeOptions = { signal, onPart, stallTimeout };
  if (contentEncoding === 'identity') return writeParts(body, response, writeOptions);
  // Each part is flushed: a client gets its first rows while the last are still being read.
  const gzipStream = createGzip({ level: GZIP_LEVEL, flush: constants.Z_SYNC_FLUSH });
  await Promise.all([writeParts(body, gzipStream, writeOptions), pipeline(gzipStream, response)]);
}

interface WriteOptions extends Pick<SendOptions, 'signal' | 'onPart'> {
  readonly stallTimeout: StallTimeout;
}

async function writeParts(
  parts: AsyncIterable<BodyPart>,
  sink: Writable,
  { signal, onPart, stallTimeout }: WriteOptions,
): Promise<void> {
  const ended = finished(sink, { readable: false, signal });
  ended.catch(() => undefined);
  const write = (slice: Uint8Array): Promise<void> =>
    new Promise((resolve) => sink.write(slice, () => resolve()));
  try {
    for await (const { bytes, rows } of parts) {
      onPart(rows, bytes.length);
      for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
        stallTimeout.start();
        // A sink that breaks may never call back for the slice it was given.
        await Promise.race([write(bytes.subarray(at, at + SLICE_BYTES)), ended]);
        stallTimeout.stop();
      }
      if (rows === 0) continue;
      releaseBuffer(bytes);
      // A socket that takes every write at once never yields to the event loop: small requests waited up to five seconds
      // before this line.
      await nextTurn();
    }
    // For the end of the body.
    stallTimeout.start();
    sink.end();
    await ended;
  } catch (error) {
    stallTimeout.stop();
    sink.destroy();
    throw error;
  }
}

// Left to the garbage collector, the bytes of a few pages made it scan the whole heap ten times a second.
function releaseBuffer({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

interface StallTimeout {
  /** From now on the server waits for the client. */
  start(): void;
  stop(): void;
}

/** Breaks the connection of a client that stops reading: it holds memory, and counts as a running read. */
function makeStallTimeout(response: Response, stallMs: number): StallTimeout {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => clearTimeout(timer);
  response.once('close', stop);
  return {
    stop,
    start: () => {
      stop();
      timer = setTimeout(() => response.destroy(), stallMs);
    },
  };
}
