// One request on its way: what is known of it before anyone has looked at what it asks for.
import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import { type ContentEncoding, contentEncodingOf } from './content-encoding.ts';
import { startStopwatch, type Stopwatch } from './stopwatch.ts';

export interface RequestContext {
  readonly id: string;
  readonly request: Request;
  readonly response: Response;
  readonly stopwatch: Stopwatch;
  readonly contentEncoding: ContentEncoding;
  /** Aborts when nothing more can be sent: the answer is out, or the client has gone. */
  readonly signal: AbortSignal;
  /** What its body asks for besides: addresses of the parts of a batch, or of a read with the options in the body. */
  readonly bodyTargets: string[];
}

export function createRequestContext(request: Request, response: Response): RequestContext {
  const { socket } = request;
  const over = new AbortController();
  const end = (): void => {
    socket.off('close', end);
    over.abort();
  };
  response.once('close', end);
  // An answer that waits behind another on its connection is not told when that ends. There may be many of them.
  socket.setMaxListeners(0).once('close', end);
  return {
    id: randomUUID(),
    request,
    response,
    stopwatch: startStopwatch(),
    contentEncoding: contentEncodingOf(request),
    signal: over.signal,
    bodyTargets: [],
  };
}
