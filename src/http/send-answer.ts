// An answer onto the wire: compressed if the client takes it, never faster than the client reads.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { constants, createGzip, gzip } from 'node:zlib';
import type { Response } from 'express';
import type { Answer, BodyPart } from './answer.ts';

export interface Sending {
  readonly encoding: 'gzip' | 'identity';
  readonly wantsBody: boolean;
  /** Told of what goes out, as it does; bytes are those before compression. */
  readonly onPart: (rows: number, bytes: number) => void;
}

const zip = promisify(gzip);
// Rows repeat their names: the first levels win nearly all there is to win, and the wire is rarely the slow part.
const GZIP_LEVEL = 2;
const SMALL_BYTES = 1024;

/**
 * Writes status, headers and body. A stream that fails after its first byte destroys the connection, so that the client
 * sees a broken transfer and never a table that is merely short.
 */
export async function sendAnswer(
  answer: Answer,
  response: Response,
  { encoding, wantsBody, onPart }: Sending,
): Promise<void> {
  const { body } = answer;
  if (body === null || !wantsBody) {
    response.writeHead(answer.status, answer.headers).end();
    return;
  }
  if (body instanceof Uint8Array) {
    const packs = encoding === 'gzip' && body.length > SMALL_BYTES;
    const wire = packs ? await zip(body, { level: GZIP_LEVEL }) : body;
    const packing = packs ? { 'Content-Encoding': 'gzip' } : {};
    response
      .writeHead(answer.status, { ...answer.headers, ...packing, 'Content-Length': wire.length })
      .end(wire);
    onPart(answer.rows ?? 0, body.length);
    return;
  }
  const source = Readable.from(paced(body, onPart), { objectMode: false });
  if (encoding === 'gzip') {
    response.writeHead(answer.status, { ...answer.headers, 'Content-Encoding': 'gzip' });
    // Each part goes out at once: a client sees its first rows while the last are still being read.
    await pipeline(source, createGzip({ level: GZIP_LEVEL, flush: constants.Z_SYNC_FLUSH }), response);
  } else {
    response.writeHead(answer.status, answer.headers);
    await pipeline(source, response);
  }
}

// A socket that takes every write at once never lets the event loop turn: small requests waited five seconds until each
// part gave way to them.
async function* paced(parts: AsyncIterable<BodyPart>, onPart: Sending['onPart']): AsyncGenerator<Uint8Array> {
  for await (const part of parts) {
    onPart(part.rows, part.bytes.length);
    yield part.bytes;
    if (part.rows > 0) await nextTurn();
  }
}
