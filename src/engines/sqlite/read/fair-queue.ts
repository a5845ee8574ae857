// The fair queue in front of the read threads: the reader who used least recently comes next, so heavy readers do not delay others.
import { LruMap } from '../../../base/lru-map.ts';

export interface QueuedJob {
  /** The reader whose usage decides the order. */
  readonly reader: string;
  /** Equal for jobs that take about the same time. */
  readonly work: string;
}

// After this time, half of a reader's usage is forgotten.
const HALF_LIFE_MS = 10_000;
// One worker is reserved for work that is known to be brief, of readers with little recent usage. Other work could occupy
// it for seconds, and all brief work would wait as long.
const BRIEF_WORK_MS = 10;
const SMALL_USAGE_MS = 1000;
// Weights of a new duration in the expected one. A busy machine only makes work longer, so shorter durations count more.
const SHORTER_WEIGHT = 0.5;
const LONGER_WEIGHT = 0.1;
// The reservation ends when no brief work has come for this long.
const RESERVATION_MS = 60_000;
// A job that has waited this long while the other workers took none may use the reserved worker: they may stay busy.
const STANDSTILL_MS = 1000;
const MAX_READERS = 1000;
const MAX_WORKS = 250;

interface Usage {
  readonly milliseconds: number;
  readonly at: number;
}

interface QueueEntry<Job> {
  readonly job: Job;
  readonly joinedAt: number;
}

/**
 * A reader's usage is its thread time, which decays. Readers with equal usage, as all new ones are, are served first come,
 * first served; so are the jobs of one reader.
 */
export class FairQueue<Job extends QueuedJob> {
  readonly #now: () => number;
  readonly #entries: QueueEntry<Job>[] = [];
  readonly #usageByReader = new LruMap<string, Usage>(MAX_READERS);
  /** Work → expected milliseconds. */
  readonly #expectedMs = new LruMap<string, number>(MAX_WORKS);
  /** When a worker last took work that is not brief. */
  #lastGeneralWorkAt = -Infinity;
  /** The reader of the last brief work. */
  #reservedFor: { readonly reader: string; readonly at: number } | null = null;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  get length(): number {
    return this.#entries.length;
  }

  join(job: Job): void {
    this.#entries.push({ job, joinedAt: this.#now() });
  }

  leave(job: Job): void {
    const index = this.#entries.findIndex((entry) => entry.job === job);
    if (index >= 0) this.#entries.splice(index, 1);
  }

  /** Removes and returns the next job; null where the reserved worker must wait for brief work. */
  next(isReservedWorker: boolean): Job | null {
    const isReserved =
      isReservedWorker && this.#reservedFor !== null && this.#reservedFor.at > this.#now() - RESERVATION_MS;
    const job = isReserved
      ? (this.#briefestJob() ?? this.#jobOfLeastServed(0))
      : this.#jobOfLeastServed(Infinity);
    if (!job) return null;
    this.leave(job);
    if (this.#isBrief(job)) this.#reservedFor = { reader: job.reader, at: this.#now() };
    else this.#lastGeneralWorkAt = this.#now();
    return job;
  }

  /** Milliseconds until a job that is not brief may use the reserved worker. */
  msUntilStandstill(): number {
    return Math.max(
      Math.min(...this.#entries.map(({ joinedAt: since }) => this.#msUntilStandstill(since))),
      0,
    );
  }

  /** Removes and returns all jobs. */
  clear(): readonly Job[] {
    return this.#entries.splice(0).map(({ job }) => job);
  }

  /** Adds thread time to the usage of a reader. */
  recordUsage(reader: string, milliseconds: number): void {
    const total = this.#usageOf(reader) + milliseconds;
    this.#usageByReader.set(reader, { milliseconds: total, at: this.#now() });
    if (total >= SMALL_USAGE_MS && this.#reservedFor?.reader === reader) this.#reservedFor = null;
  }

  /** Only for work that finished: the time until it was stopped says nothing about its duration. */
  recordDuration(work: string, milliseconds: number): void {
    const expected = this.#expectedMs.peek(work) ?? milliseconds;
    const weight = milliseconds < expected ? SHORTER_WEIGHT : LONGER_WEIGHT;
    this.#expectedMs.set(work, expected + weight * (milliseconds - expected));
  }

  #msUntilStandstill(since: number): number {
    return Math.max(since, this.#lastGeneralWorkAt) + STANDSTILL_MS - this.#now();
  }

  #briefestJob(): Job | null {
    const brief = this.#entries.filter(({ job }) => this.#isBrief(job));
    return minimumBy(brief, ({ work }) => this.#expectedMs.peek(work) ?? 0);
  }

  #jobOfLeastServed(withinMs: number): Job | null {
    const ready = this.#entries.filter(({ joinedAt: since }) => this.#msUntilStandstill(since) <= withinMs);
    return minimumBy(ready, ({ reader }) => this.#usageOf(reader));
  }

  #isBrief({ reader, work }: Job): boolean {
    return (
      (this.#expectedMs.peek(work) ?? Infinity) < BRIEF_WORK_MS && this.#usageOf(reader) < SMALL_USAGE_MS
    );
  }

  #usageOf(reader: string): number {
    const usage = this.#usageByReader.peek(reader);
    return usage ? usage.milliseconds * 2 ** ((usage.at - this.#now()) / HALF_LIFE_MS) : 0;
  }
}

/** The first entry with the smallest measure. */
function minimumBy<Job>(entries: readonly QueueEntry<Job>[], measure: (job: Job) => number): Job | null {
  let [best, least]: [Job | null, number] = [null, Infinity];
  for (const { job } of entries) {
    const measured = measure(job);
    if (measured < least) [best, least] = [job, measured];
  }
  return best;
}
