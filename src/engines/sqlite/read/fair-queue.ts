// The line in front of the threads: who was served least of late comes next, so that nobody waits for another's appetite.
import { LruMap } from '../../../base/lru-map.ts';

export interface QueuedJob {
  /** Whose turn it would be. */
  readonly reader: string;
  /** What is to be done, the same for all that will take about as long. */
  readonly work: string;
}

// After so long, half of what a reader has used is forgotten.
const HALF_LIFE_MS = 10_000;
// One thread is kept for what is known to be brief, of readers who used less of late than so much. Anything else may hold
// it for seconds, and all the others would wait for as long.
const BRIEF_WORK_MS = 10;
const SMALL_USAGE_MS = 1000;
// How much one run says of what the next takes: whatever else the machine does can only make it longer.
const SHORTER_WEIGHT = 0.5;
const LONGER_WEIGHT = 0.1;
// But not where none of it has come for so long, when it would be kept for nobody;
const RESERVATION_MS = 60_000;
// nor from whoever has waited for so long while the other threads took no work: they may be held for much longer.
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
 * A reader's use is the time of threads that it had, weighed by how long ago. Among readers who have used the same, as
 * all new ones have, the first to come is the first to be served; so it is among the jobs of one reader.
 */
export class FairQueue<Job extends QueuedJob> {
  readonly #now: () => number;
  readonly #entries: QueueEntry<Job>[] = [];
  readonly #usageByReader = new LruMap<string, Usage>(MAX_READERS);
  /** Work → milliseconds that it usually takes. */
  readonly #expectedMs = new LruMap<string, number>(MAX_WORKS);
  /** When a thread last took what it is not kept for. */
  #lastGeneralWorkAt = -Infinity;
  /** For whom it was last kept with reason. */
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

  /** Whose turn it is, taken out of the line; null where it is nobody's yet, since the thread is kept for others. */
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

  /** Milliseconds until someone may have the kept thread for whom it is not kept. */
  msUntilStandstill(): number {
    return Math.max(
      Math.min(...this.#entries.map(({ joinedAt: since }) => this.#msUntilStandstill(since))),
      0,
    );
  }

  /** All who wait, taken out of the line. */
  clear(): readonly Job[] {
    return this.#entries.splice(0).map(({ job }) => job);
  }

  /** A thread has worked for so long for a reader. */
  recordUsage(reader: string, milliseconds: number): void {
    const total = this.#usageOf(reader) + milliseconds;
    this.#usageByReader.set(reader, { milliseconds: total, at: this.#now() });
    if (total >= SMALL_USAGE_MS && this.#reservedFor?.reader === reader) this.#reservedFor = null;
  }

  /** Work has come to its end after so long: what was stopped half-way says nothing of the next time. */
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

/** The first of those of whom it is least. */
function minimumBy<Job>(entries: readonly QueueEntry<Job>[], measure: (job: Job) => number): Job | null {
  let [best, least]: [Job | null, number] = [null, Infinity];
  for (const { job } of entries) {
    const measured = measure(job);
    if (measured < least) [best, least] = [job, measured];
  }
  return best;
}
