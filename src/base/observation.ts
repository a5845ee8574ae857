// Everything that can be observed, as one closed union. Log, metrics, progress and journal are its readers; nothing else logs.

/** The steps of a request, in their order. */
export type RequestStep = 'parse' | 'plan' | 'render' | 'read' | 'encode' | 'send';

/** The phases of a run, in their order. */
export const RUN_PHASES = ['harvest', 'merge', 'trim', 'erase', 'verify', 'publish'] as const;

export type RunPhase = (typeof RUN_PHASES)[number];

export type Observation =
  | { readonly kind: 'server.listening'; readonly url: string }
  | { readonly kind: 'server.stopped' }
  /** The certificate files have changed. With a problem the new ones cannot be used, and the old certificate stays in use. */
  | { readonly kind: 'server.certificate'; readonly problem: string | null }
  | {
      readonly kind: 'request.answered';
      readonly requestId: string;
      readonly method: string;
      /** Path and the names of the query options; values may name people and are left out. */
      readonly shape: string;
      /** The caller's id, which names no person, and role; null for refused and for monitoring requests. */
      readonly caller: string | null;
      readonly role: string | null;
      /** 499 where the client left before the answer was ready. */
      readonly status: number;
      readonly rows: number;
      /** Of the body before compression. */
      readonly bytes: number;
      /** False where the client left, or the answer broke off, before all of it was sent. */
      readonly whole: boolean;
      readonly milliseconds: number;
      /** Time that reading threads have worked for it. */
      readonly workerMs: number;
      readonly steps: Readonly<Partial<Record<RequestStep, number>>>;
      readonly code?: string;
    }
  | { readonly kind: 'request.defect'; readonly requestId: string; readonly error: Error }
  | { readonly kind: 'audit.unwritable'; readonly error: Error }
  /** Buffered lines are written; `lost` lines did not fit into the buffer. */
  | { readonly kind: 'audit.restored'; readonly lost: number }
  | { readonly kind: 'engine.generation'; readonly generation: number; readonly dateKey: number }
  | { readonly kind: 'engine.worker-replaced'; readonly reason: string }
  | { readonly kind: 'run.started'; readonly run: string; readonly dateKey: number }
  | {
      readonly kind: 'run.phase';
      readonly run: string;
      readonly phase: RunPhase;
      readonly milliseconds: number;
    }
  /** Rows read from one source so far; `total` is null where the source does not say it. */
  | {
      readonly kind: 'run.progress';
      readonly run: string;
      readonly source: string;
      readonly rows: number;
      readonly total: number | null;
    }
  | {
      readonly kind: 'run.retry';
      readonly run: string;
      readonly source: string;
      readonly reason: string;
      readonly delayMs: number;
    }
  | {
      readonly kind: 'run.problem';
      readonly run: string;
      readonly source: string;
      readonly message: string;
    }
  | {
      readonly kind: 'run.published';
      readonly run: string;
      readonly dateKey: number;
      readonly generation: number;
      readonly milliseconds: number;
    }
  | { readonly kind: 'run.failed'; readonly run: string; readonly dateKey: number; readonly error: Error }
  | { readonly kind: 'schedule.next'; readonly at: string };

/** A reader of observations. It must not throw and must not wait. */
export type Observer = (observation: Observation) => void;
