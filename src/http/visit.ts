// One request on its way: what is known of it before anyone has looked at what it asks for.
import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import { splitTarget } from './feed-request.ts';
import { startStopwatch, type Stopwatch } from './stopwatch.ts';

export interface Visit {
  readonly id: string;
  readonly request: Request;
  readonly response: Response;
  readonly watch: Stopwatch;
  /** Aborts when nothing more can be sent: the answer is out, or the client has gone. */
  readonly signal: AbortSignal;
}

export function beginVisit(request: Request, response: Response): Visit {
  const over = new AbortController();
  response.once('close', () => over.abort());
  return { id: randomUUID(), request, response, watch: startStopwatch(), signal: over.signal };
}

/** Path without keys and the names of the options: keys and values may name people. */
export function shapeOf({ request }: Visit): string {
  const { path, rawQuery } = splitTarget(request.originalUrl);
  const names = rawQuery.split('&').map((option) => option.split('=', 1)[0]);
  return `${path.replaceAll(/\([^)]*\)?/g, '()')}${rawQuery === '' ? '' : `?${names.join('&')}`}`;
}
