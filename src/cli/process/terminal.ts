// The two outputs of a command: results on standard output, messages on standard error.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BodyPart } from '../../http/answer.ts';

/** A result that another program may read. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A message for the person at the terminal. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The body of an answer and a line break. A reader that stops early, such as `head`, is no error. */
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
