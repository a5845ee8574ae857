// One HTTP request and its response, before its target is parsed.
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
  /** Aborts when nothing more can be sent: the answer is sent, or the client has disconnected. */
  readonly signal: AbortSignal;
  /** Targets in its body: those of the parts of a batch, or the options of a posted query. */
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
  // A response that waits behind another on its connection emits no close when the connection ends. There may be many.
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
