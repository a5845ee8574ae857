// The two ways out of a command: results on standard output, all other talk on standard error.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BodyPart } from '../../http/answer.ts';

/** A result that another program may read. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Talk for the person at the terminal. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The body of an answer and a line's end. A reader that has seen enough, such as `head`, ends it quietly. */
export async function printBody(body: Uint8Array | AsyncIterable<BodyPart>): Promise<void> {
  try {
    await pipeline(Readable.from(bytesOf(body), { objectMode: false }), process.stdout, { end: false });
  } catch (error) {
    const isLeft = error instanceof Error && 'code' in error && error.code === 'EPIPE';
    if (!isLeft) throw error;
  }
}

async function* bytesOf(body: Uint8Array | AsyncIterable<BodyPart>): AsyncGenerator<Uint8Array> {
  if (body instanceof Uint8Array) yield body;
  else for await (const { bytes } of body) yield bytes;
  yield Buffer.from('\n');
}
