// Everything worth telling, as one closed union. Nothing logs; log, metrics, progress and journal are readers of this.

/** The steps of a request, in their order. */
export type RequestStep = 'parse' | 'plan' | 'render' | 'read' | 'encode' | 'send';

/** The phases of a run, in their order. */
export const RUN_PHASES = ['harvest', 'merge', 'trim', 'erase', 'verify', 'publish'] as const;

export type RunPhase = (typeof RUN_PHASES)[number];

export type Observation =
  | { readonly kind: 'server.listening'; readonly url: string }
  | { readonly kind: 'server.stopped' }
  /** The certificate was changed, or could not be: then the one before is still shown. */
  | { readonly kind: 'server.certificate'; readonly problem: string | null }
  | {
      readonly kind: 'request.answered';
      readonly requestId: string;
      readonly method: string;
      /** Path and the names of the query options; values may name people and are left out. */
      readonly shape: string;
      /** Who asked, by an id that names no person, and as what; null for whoever was not let in or only watches the feed. */
      readonly caller: string | null;
      readonly role: string | null;
      /** 499 where the client left before there was an answer. */
      readonly status: number;
      readonly rows: number;
      /** Of the body before compression. */
      readonly bytes: number;
      /** False where the client left, or the answer broke off, before it was sent. */
      readonly whole: boolean;
      readonly milliseconds: number;
      /** That threads have read for it. */
      readonly workerMs: number;
      readonly steps: Readonly<Partial<Record<RequestStep, number>>>;
      readonly code?: string;
    }
  | { readonly kind: 'request.defect'; readonly requestId: string; readonly error: Error }
  | { readonly kind: 'audit.unwritable'; readonly error: Error }
  /** What had waited is on the disk; `lost` lines were too many to wait. */
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
