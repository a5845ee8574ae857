// An answer onto the wire: compressed if the client takes it, never faster than the client reads.
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
  /** A client that takes nothing for so long is given up. */
  readonly stallMs: number;
  /** Told of what goes out, as it does; bytes are those before compression. */
  readonly onPart: (rows: number, bytes: number) => void;
}

const gzipAsync = promisify(gzip);
// Rows repeat their names: the first levels win nearly all there is to win, and the wire is rarely the slow part.
const GZIP_LEVEL = 2;
const MIN_GZIP_BYTES = 1024;
// What a client has to take before its time is up.
const SLICE_BYTES = 256 * 1024;

/**
 * Writes status, headers and body. A stream that fails after its first byte destroys the connection, so that the client
 * sees a broken transfer and never a table that is merely short.
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
  // Each part goes out at once: a client sees its first rows while the last are still being read.
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
        // A sink that breaks need not say so of what it was given.
        await Promise.race([write(bytes.subarray(at, at + SLICE_BYTES)), ended]);
        stallTimeout.stop();
      }
      if (rows === 0) continue;
      releaseBuffer(bytes);
      // A socket that takes every write at once never lets the event loop turn: small requests waited five seconds until
      // each part gave way to them.
      await nextTurn();
    }
    // For the last of it to go out.
    stallTimeout.start();
    sink.end();
    await ended;
  } catch (error) {
    stallTimeout.stop();
    sink.destroy();
    throw error;
  }
}

// Left to the collector, the bytes of a few pages made it walk through the whole heap ten times a second.
function releaseBuffer({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

interface StallTimeout {
  /** From now on it is the client that is waited for. */
  start(): void;
  stop(): void;
}

/** Breaks the connection of a client that does not take what it asked for: it holds memory, and a place among its reads. */
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
