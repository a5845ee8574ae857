// One request on its way: what is known of it before anyone has looked at what it asks for.
import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import { startStopwatch, type Stopwatch } from './stopwatch.ts';

export interface Visit {
  readonly id: string;
  readonly request: Request;
  readonly response: Response;
  readonly watch: Stopwatch;
  /** Aborts when nothing more can be sent: the answer is out, or the client has gone. */
  readonly signal: AbortSignal;
  /** What its body asks for besides: addresses of the parts of a batch, or of a read with the options in the body. */
  readonly inside: string[];
}

export function beginVisit(request: Request, response: Response): Visit {
  const { socket } = request;
  const over = new AbortController();
  const end = (): void => {
    socket.off('close', end);
    over.abort();
  };
  response.once('close', end);
  // An answer that waits behind another on its connection is not told when that ends. There may be many of them.
  socket.setMaxListeners(0).once('close', end);
  return { id: randomUUID(), request, response, watch: startStopwatch(), signal: over.signal, inside: [] };
}
