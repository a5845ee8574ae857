// An answer onto the wire: compressed if the client takes it, never faster than the client reads.
import type { Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { constants, createGzip, gzip } from 'node:zlib';
import type { Response } from 'express';
import type { Answer, BodyPart } from './answer.ts';

export interface Sending {
  readonly encoding: 'gzip' | 'identity';
  readonly wantsBody: boolean;
  /** Aborts when nothing more can be sent. */
  readonly signal: AbortSignal;
  /** A client that takes nothing for so long is given up. */
  readonly stallMs: number;
  /** Told of what goes out, as it does; bytes are those before compression. */
  readonly onPart: (rows: number, bytes: number) => void;
}

const zip = promisify(gzip);
// Rows repeat their names: the first levels win nearly all there is to win, and the wire is rarely the slow part.
const GZIP_LEVEL = 2;
const SMALL_BYTES = 1024;
// What a client has to take before its time is up.
const SLICE_BYTES = 256 * 1024;

/**
 * Writes status, headers and body. A stream that fails after its first byte destroys the connection, so that the client
 * sees a broken transfer and never a table that is merely short.
 */
export async function sendAnswer(
  { status, headers, body, rows = 0 }: Answer,
  response: Response,
  { encoding, wantsBody, signal, stallMs, onPart }: Sending,
): Promise<void> {
  if (body === null || !wantsBody) {
    response.writeHead(status, headers).end();
    return;
  }
  const patience = losePatience(response, stallMs);
  if (body instanceof Uint8Array) {
    const packs = encoding === 'gzip' && body.length > SMALL_BYTES;
    const wire = packs ? await zip(body, { level: GZIP_LEVEL }) : body;
    const packing = packs ? { 'Content-Encoding': 'gzip' } : {};
    patience.wait();
    response.writeHead(status, { ...headers, ...packing, 'Content-Length': wire.length }).end(wire);
    onPart(rows, body.length);
    return;
  }
  response.writeHead(status, encoding === 'gzip' ? { ...headers, 'Content-Encoding': 'gzip' } : headers);
  const pouring = { signal, onPart, patience };
  if (encoding === 'identity') return pour(body, response, pouring);
  // Each part goes out at once: a client sees its first rows while the last are still being read.
  const packer = createGzip({ level: GZIP_LEVEL, flush: constants.Z_SYNC_FLUSH });
  await Promise.all([pour(body, packer, pouring), pipeline(packer, response)]);
}

interface Pouring extends Pick<Sending, 'signal' | 'onPart'> {
  readonly patience: Patience;
}

async function pour(
  parts: AsyncIterable<BodyPart>,
  sink: Writable,
  { signal, onPart, patience }: Pouring,
): Promise<void> {
  const ended = finished(sink, { readable: false, signal });
  ended.catch(() => undefined);
  const taken = (slice: Uint8Array): Promise<void> =>
    new Promise((resolve) => sink.write(slice, () => resolve()));
  try {
    for await (const { bytes, rows } of parts) {
      onPart(rows, bytes.length);
      for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
        patience.wait();
        // A sink that breaks need not say so of what it was given.
        await Promise.race([taken(bytes.subarray(at, at + SLICE_BYTES)), ended]);
        patience.rest();
      }
      if (rows === 0) continue;
      letGo(bytes);
      // A socket that takes every write at once never lets the event loop turn: small requests waited five seconds until
      // each part gave way to them.
      await nextTurn();
    }
    // For the last of it to go out.
    patience.wait();
    sink.end();
    await ended;
  } catch (error) {
    patience.rest();
    sink.destroy();
    throw error;
  }
}

// Left to the collector, the bytes of a few pages made it walk through the whole heap ten times a second.
function letGo({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

interface Patience {
  /** From now on it is the client that is waited for. */
  wait(): void;
  rest(): void;
}

/** Breaks the connection of a client that does not take what it asked for: it holds memory, and a place among its reads. */
function losePatience(response: Response, stallMs: number): Patience {
  let timer: NodeJS.Timeout | undefined;
  const rest = (): void => clearTimeout(timer);
  response.once('close', rest);
  return {
    rest,
    wait: () => {
      rest();
      timer = setTimeout(() => response.destroy(), stallMs);
    },
  };
}
