// The body of a request, whole and of bounded size: only a $batch and a $query have one.
import type { IncomingMessage } from 'node:http';
import { limitExceeded, type RefusingLimit } from '../../base/limit-exceeded.ts';
import type { ErrorCode } from '../../base/error-codes.ts';
import { FeedError } from '../../base/feed-error.ts';
import type { Limits } from '../../base/limits.ts';

interface BodyOptions {
  /** What bounds its size. */
  readonly limit: RefusingLimit;
  readonly limits: Limits;
  /** For a body that is not UTF-8. */
  readonly malformedCode: ErrorCode;
}

/** Throws the limit's error, `request.unsupported-media` for a compressed body, `malformedCode` for one that is not UTF-8. */
export async function readBody(
  request: IncomingMessage,
  { limit, limits, malformedCode }: BodyOptions,
): Promise<string> {
  const contentEncoding = request.headers['content-encoding'] ?? 'identity';
  if (contentEncoding.toLowerCase() !== 'identity') {
    const message = `A body with Content-Encoding: ${contentEncoding} is not accepted.`;
    throw new FeedError('request.unsupported-media', message, {
      target: 'Content-Encoding',
      hint: 'Send it uncompressed.',
    });
  }
  const maxBytes = limits[limit];
  const tooLarge = (): FeedError => limitExceeded(limit, 'The body', limits);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Iterating would destroy the socket before the answer is sent.
  await new Promise<void>((resolve, reject) => {
    request.on('data', (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else {
        request.pause();
        reject(tooLarge());
      }
    });
    request.once('end', resolve);
    request.once('error', reject);
    request.once('close', () => reject(new Error('The client went away in the middle of its request.')));
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new FeedError(malformedCode, 'The body is not UTF-8.', { target: 'the body', cause });
  }
}
