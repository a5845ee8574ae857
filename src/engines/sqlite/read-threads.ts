// The threads that read: one statement at a time each, and a line in front of them.
import { setTimeout as timePasses } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { beyondLimit } from '../../base/beyond-limit.ts';
import { FeedError } from '../../base/feed-error.ts';
import type { Limits } from '../../base/limits.ts';
import type { Observer } from '../../base/observation.ts';
import type { Statement } from '../../sql/statement.ts';
import type { Reader } from '../engine.ts';
import { FairLine } from './fair-line.ts';
import type { ReadFiles } from './open-to-read.ts';
import { errorOf, type Cells, type Reply, type Task, type ThreadData } from './thread-messages.ts';

export interface ReadThreadsOptions {
  /** How many there are. */
  readonly size: number;
  readonly limits: Pick<Limits, 'statementMs' | 'waitMs'>;
  readonly observe: Observer;
}

export interface Reading {
  readonly files: ReadFiles;
  /** Yields one row. */
  readonly statement: Statement;
  /** Of the answer, which that one may hold. */
  readonly rows: number;
}

interface Job extends Task {
  readonly account: Reader;
  readonly reader: string;
  readonly work: string;
  readonly resolve: (cells: Cells | null) => void;
  readonly reject: (reason: unknown) => void;
  /** Ends the wait for a thread, then the run. */
  timer: NodeJS.Timeout;
}

interface Thread {
  readonly worker: Worker;
  /** For brief reads; the others give way to it, and to the thread that answers. */
  readonly isKept: boolean;
  readonly toStop: Int32Array;
  job: Job | null;
}

// A statement that does not look at its deadline holds its thread until SQLite is done; the process does not wait for it.
const CLOSE_MS = 800;
// What a thread holds in JavaScript is one row; SQLite's own memory and the bytes it hands over do not count.
const HEAP_MB = 128;
const LARGEST_NUMBER = 2 ** 31 - 1;

export class ReadThreads {
  readonly #options: ReadThreadsOptions;
  readonly #threads = new Set<Thread>();
  // The last to finish is the first to work again: its caches are warm.
  readonly #idle: Thread[] = [];
  readonly #line = new FairLine<Job>();
  #lastNumber = 0;
  #later: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ReadThreadsOptions) {
    this.#options = options;
    while (this.#threads.size < options.size) this.#start();
  }

  /**
   * The first row of a statement, or null. Rejects at once with the signal's reason when it aborts, with `limit.busy`
   * when no thread was free in time, `limit.deadline` when the statement ran too long, `feed.unavailable` when its thread died.
   */
  async read(
    { files, statement, rows }: Reading,
    signal: AbortSignal,
    account: Reader,
  ): Promise<Cells | null> {
    signal.throwIfAborted();
    if (this.#closed) throw closing();
    const { promise, resolve, reject } = Promise.withResolvers<Cells | null>();
    const { waitMs } = this.#options.limits;
    this.#lastNumber = (this.#lastNumber % LARGEST_NUMBER) + 1;
    const timer = setTimeout(() => this.#stop(job, busy(waitMs)), waitMs);
    const whose = { account, reader: account.id };
    const work = `${rows} ${statement.text}`;
    const job: Job = { number: this.#lastNumber, files, statement, ...whose, work, resolve, reject, timer };
    const abort = (): void => this.#stop(job, signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    this.#line.join(job);
    this.#dispatch();
    try {
      return await promise;
    } finally {
      clearTimeout(job.timer);
      signal.removeEventListener('abort', abort);
    }
  }

  /** Ends every read with `feed.unavailable` and the threads with them; takes less than a second. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#later);
    for (const job of [...this.#line.clear(), ...this.#running()]) this.#stop(job, closing());
    const ended = [...this.#threads].map(({ worker }) => {
      // Not terminate(): in the middle of a statement it takes our functions their voice, and nothing stops SQLite any more.
      worker.postMessage(null);
      return new Promise((resolve) => worker.once('exit', resolve));
    });
    await Promise.race([Promise.all(ended), timePasses(CLOSE_MS, undefined, { ref: false })]);
  }

  #dispatch(): void {
    const { limits } = this.#options;
    while (this.#line.length > 0) {
      const thread = this.#freeThread();
      if (!thread) return;
      const job = this.#line.next(thread.isKept);
      if (!job) {
        this.#dispatchLater(this.#line.standstillMs());
        return;
      }
      this.#idle.splice(this.#idle.indexOf(thread), 1);
      clearTimeout(job.timer);
      job.timer = setTimeout(() => this.#stop(job, deadline(limits.statementMs)), limits.statementMs);
      thread.job = job;
      const { number, files, statement } = job;
      thread.worker.postMessage({ number, files, statement } satisfies Task);
    }
  }

  /** The kept one last. */
  #freeThread(): Thread | undefined {
    const isShort = this.#threads.size < this.#options.size;
    return this.#idle.findLast(({ isKept }) => !isKept) ?? (isShort ? this.#start() : this.#idle[0]);
  }

  #dispatchLater(milliseconds: number): void {
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.#dispatch(), milliseconds);
  }

  // Whoever waits is told at once; the thread itself follows at the next row it looks at.
  #stop(job: Job, reason: unknown): void {
    this.#line.leave(job);
    const thread = [...this.#threads].find((each) => each.job === job);
    if (thread) Atomics.store(thread.toStop, 0, job.number);
    job.reject(reason);
  }

  #running(): readonly Job[] {
    return [...this.#threads].map(({ job }) => job).filter((job) => job !== null);
  }

  #start(): Thread {
    const isKept = this.#options.size > 1 && ![...this.#threads].some((each) => each.isKept);
    const stop = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const worker = new Worker(new URL('./read-worker.ts', import.meta.url), {
      workerData: { stop, givesWay: !isKept } satisfies ThreadData,
      name: 'fleetfeed-read',
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    const thread: Thread = { worker, isKept, toStop: new Int32Array(stop), job: null };
    worker.on('message', (reply: Reply) => this.#finish(thread, reply));
    worker.on('error', (error) => this.#bury(thread, error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => this.#bury(thread, `It ended with exit code ${code}.`));
    this.#threads.add(thread);
    this.#idle.push(thread);
    return thread;
  }

  #finish(thread: Thread, { outcome, milliseconds }: Reply): void {
    const { job } = thread;
    thread.job = null;
    this.#idle.push(thread);
    if (job) {
      this.#line.spend(job.reader, milliseconds);
      job.account.spend(milliseconds);
      if (outcome.kind === 'failed') job.reject(errorOf(outcome.why));
      else {
        this.#line.learn(job.work, milliseconds);
        job.resolve(outcome.cells);
      }
    }
    this.#dispatch();
  }

  // The next read that finds no idle thread starts another: a thread that cannot even start is not tried for ever.
  #bury(thread: Thread, reason: string): void {
    if (!this.#threads.delete(thread) || this.#closed) return;
    const place = this.#idle.indexOf(thread);
    if (place >= 0) this.#idle.splice(place, 1);
    this.#options.observe({ kind: 'engine.worker-replaced', reason });
    thread.job?.reject(
      new FeedError('feed.unavailable', 'The thread that was reading ended unexpectedly.', {
        hint: 'Ask again: another has taken its place.',
        retryAfterSeconds: 1,
      }),
    );
    this.#dispatch();
  }
}

function busy(waitMs: number): FeedError {
  return beyondLimit('waitMs', 'The query', { waitMs }, { retryAfterSeconds: Math.ceil(waitMs / 1000) });
}

function deadline(statementMs: number): FeedError {
  return beyondLimit('statementMs', 'The query', { statementMs });
}

function closing(): FeedError {
  return new FeedError('feed.unavailable', 'The feed is shutting down.');
}
