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

/**
 * A reader that stops early, such as `head`, is no error: what it does not read is dropped. Other errors of standard output
 * go to `fail`.
 */
export function watchOutputs(fail: (error: Error) => void): void {
  process.stdout.on('error', (error: Error) => {
    if (!isClosedPipe(error)) fail(error);
  });
  // There is nowhere left to report it.
  process.stderr.on('error', () => undefined);
}

/** The body of an answer and a line break. `watchOutputs` handles the errors of the output. */
export async function printBody(body: Uint8Array | AsyncIterable<BodyPart>): Promise<void> {
  try {
    await pipeline(Readable.from(bytesOf(body), { objectMode: false }), process.stdout, { end: false });
  } catch (error) {
    if (error !== process.stdout.errored) throw error;
  }
}

function isClosedPipe(error: Error): boolean {
  return 'code' in error && error.code === 'EPIPE';
}

async function* bytesOf(body: Uint8Array | AsyncIterable<BodyPart>): AsyncGenerator<Uint8Array> {
  if (body instanceof Uint8Array) yield body;
  else for await (const { bytes } of body) yield bytes;
  yield Buffer.from('\n');
}
