// The pool of read threads: each runs one statement at a time, with a fair queue in front of them.
import { setTimeout as timePasses } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { limitExceeded } from '../../../base/limit-exceeded.ts';
import { FeedError } from '../../../base/feed-error.ts';
import type { Limits } from '../../../base/limits.ts';
import type { Observer } from '../../../base/observation.ts';
import type { Statement } from '../../../sql/statement.ts';
import type { Reader } from '../../engine.ts';
import { FairQueue } from './fair-queue.ts';
import type { ReadFiles } from './open-read-connection.ts';
import {
  deserializeError,
  type SqliteRow,
  type ReadReply,
  type ReadTask,
  type ReadWorkerData,
} from './worker-messages.ts';

export interface ReadWorkerPoolOptions {
  /** Number of threads. */
  readonly size: number;
  readonly limits: Pick<Limits, 'statementMs' | 'waitMs' | 'expandedInAll'>;
  readonly observe: Observer;
}

export interface RowRead {
  readonly files: ReadFiles;
  /** Returns one row. */
  readonly statement: Statement;
  /** Rows of the answer that the returned row may hold. */
  readonly rows: number;
}

interface Job extends ReadTask {
  readonly account: Reader;
  readonly reader: string;
  readonly work: string;
  readonly resolve: (cells: SqliteRow | null) => void;
  readonly reject: (reason: unknown) => void;
  /** Limits the wait for a thread, then the statement. */
  timer: NodeJS.Timeout;
}

interface PoolWorker {
  readonly worker: Worker;
  /** For brief reads. The other threads have a lower priority than it and the main thread. */
  readonly isReserved: boolean;
  readonly stopFlag: Int32Array;
  job: Job | null;
}

// A statement that does not check its deadline occupies its thread until SQLite is done; the process does not wait for it.
const CLOSE_MS = 800;
// In JavaScript a thread holds one row. SQLite's memory and the transferred bytes do not count.
const HEAP_MB = 128;
const MAX_TASK_NUMBER = 2 ** 31 - 1;

export class ReadWorkerPool {
  readonly #options: ReadWorkerPoolOptions;
  readonly #workers = new Set<PoolWorker>();
  // The last to finish is used first: its caches are warm.
  readonly #idle: PoolWorker[] = [];
  readonly #queue = new FairQueue<Job>();
  #lastTaskNumber = 0;
  #dispatchTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ReadWorkerPoolOptions) {
    this.#options = options;
    while (this.#workers.size < options.size) this.#startWorker();
  }

  /**
   * The first row of a statement, or null. Rejects at once with the signal's reason when it aborts, with `limit.busy`
   * when no thread was free in time, `limit.deadline` when the statement ran too long, `feed.unavailable` when its thread died.
   */
  async read(
    { files, statement, rows }: RowRead,
    signal: AbortSignal,
    account: Reader,
  ): Promise<SqliteRow | null> {
    signal.throwIfAborted();
    if (this.#closed) throw shutdownError();
    const { promise, resolve, reject } = Promise.withResolvers<SqliteRow | null>();
    const { waitMs } = this.#options.limits;
    this.#lastTaskNumber = (this.#lastTaskNumber % MAX_TASK_NUMBER) + 1;
    const timer = setTimeout(() => this.#stop(job, busyError(waitMs)), waitMs);
    const whose = { account, reader: account.id };
    const work = `${rows} ${statement.text}`;
    const job: Job = {
      number: this.#lastTaskNumber,
      files,
      statement,
      ...whose,
      work,
      resolve,
      reject,
      timer,
    };
    const abort = (): void => this.#stop(job, signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    this.#queue.join(job);
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
    clearTimeout(this.#dispatchTimer);
    for (const job of [...this.#queue.clear(), ...this.#running()]) this.#stop(job, shutdownError());
    const ended = [...this.#workers].map(({ worker }) => {
      // Not terminate(): in the middle of a statement it disables our SQL functions, so nothing could stop SQLite any more.
      worker.postMessage(null);
      return new Promise((resolve) => worker.once('exit', resolve));
    });
    await Promise.race([Promise.all(ended), timePasses(CLOSE_MS, undefined, { ref: false })]);
  }

  #dispatch(): void {
    const { limits } = this.#options;
    while (this.#queue.length > 0) {
      const thread = this.#idleWorker();
      if (!thread) return;
      const job = this.#queue.next(thread.isReserved);
      if (!job) {
        this.#dispatchLater(this.#queue.msUntilStandstill());
        return;
      }
      this.#idle.splice(this.#idle.indexOf(thread), 1);
      clearTimeout(job.timer);
      job.timer = setTimeout(() => this.#stop(job, deadlineError(limits.statementMs)), limits.statementMs);
      thread.job = job;
      const { number, files, statement } = job;
      thread.worker.postMessage({ number, files, statement } satisfies ReadTask);
    }
  }

  /** The reserved worker only when there is no other. */
  #idleWorker(): PoolWorker | undefined {
    const isShort = this.#workers.size < this.#options.size;
    return (
      this.#idle.findLast(({ isReserved }) => !isReserved) ?? (isShort ? this.#startWorker() : this.#idle[0])
    );
  }

  #dispatchLater(milliseconds: number): void {
    clearTimeout(this.#dispatchTimer);
    this.#dispatchTimer = setTimeout(() => this.#dispatch(), milliseconds);
  }

  // The caller is rejected at once; the thread stops at the next row that checks the flag.
  #stop(job: Job, reason: unknown): void {
    this.#queue.leave(job);
    const thread = [...this.#workers].find((each) => each.job === job);
    if (thread) Atomics.store(thread.stopFlag, 0, job.number);
    job.reject(reason);
  }

  #running(): readonly Job[] {
    return [...this.#workers].map(({ job }) => job).filter((job) => job !== null);
  }

  #startWorker(): PoolWorker {
    const isReserved = this.#options.size > 1 && ![...this.#workers].some((each) => each.isReserved);
    const stop = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const worker = new Worker(new URL('./read-worker.ts', import.meta.url), {
      workerData: {
        stop,
        lowersPriority: !isReserved,
        limits: this.#options.limits,
      } satisfies ReadWorkerData,
      name: 'fleetfeed-read',
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    const thread: PoolWorker = { worker, isReserved, stopFlag: new Int32Array(stop), job: null };
    worker.on('message', (reply: ReadReply) => this.#finish(thread, reply));
    worker.on('error', (error) =>
      this.#replaceWorker(thread, error instanceof Error ? error.message : String(error)),
    );
    worker.on('exit', (code) => this.#replaceWorker(thread, `It ended with exit code ${code}.`));
    this.#workers.add(thread);
    this.#idle.push(thread);
    return thread;
  }

  #finish(thread: PoolWorker, { outcome, milliseconds }: ReadReply): void {
    const { job } = thread;
    thread.job = null;
    this.#idle.push(thread);
    if (job) {
      this.#queue.recordUsage(job.reader, milliseconds);
      job.account.chargeThreadTime(milliseconds);
      if (outcome.kind === 'failed') job.reject(deserializeError(outcome.why));
      else {
        this.#queue.recordDuration(job.work, milliseconds);
        job.resolve(outcome.cells);
      }
    }
    this.#dispatch();
  }

  // The next read that finds no idle thread starts another, so a thread that fails at start is not restarted in a loop.
  #replaceWorker(thread: PoolWorker, reason: string): void {
    if (!this.#workers.delete(thread) || this.#closed) return;
    const place = this.#idle.indexOf(thread);
    if (place >= 0) this.#idle.splice(place, 1);
    this.#options.observe({ kind: 'engine.worker-replaced', reason });
    thread.job?.reject(
      new FeedError('feed.unavailable', 'The thread that was reading ended unexpectedly.', {
        hint: 'Try again: another thread has replaced it.',
        retryAfterSeconds: 1,
      }),
    );
    this.#dispatch();
  }
}

function busyError(waitMs: number): FeedError {
  return limitExceeded('waitMs', 'The query', { waitMs }, { retryAfterSeconds: Math.ceil(waitMs / 1000) });
}

function deadlineError(statementMs: number): FeedError {
  return limitExceeded('statementMs', 'The query', { statementMs });
}

function shutdownError(): FeedError {
  return new FeedError('feed.unavailable', 'The feed is shutting down.');
}
