// The line in front of the threads: who was served least of late comes next, so that nobody waits for another's appetite.

export interface Waiting {
  /** Whose turn it would be. */
  readonly reader: string;
  /** What is to be done, the same for all that will take about as long. */
  readonly work: string;
}

// After so long, half of what a reader has used is forgotten.
const HALF_LIFE_MS = 10_000;
// One thread is kept for what is known to be brief, of readers who used less of late than so much. Anything else may hold
// it for seconds, and all the others would wait for as long.
const BRIEF_MS = 10;
const SMALL_MS = 1000;
// How much one run says of what the next takes: whatever else the machine does can only make it longer.
const SHORTER = 0.5;
const LONGER = 0.1;
// But not where none of it has come for so long, when it would be kept for nobody;
const KEPT_MS = 60_000;
// nor from whoever has waited for so long while the other threads took no work: they may be held for much longer.
const STANDSTILL_MS = 1000;
const MOST_READERS = 1000;
const MOST_WORKS = 250;

interface Use {
  readonly milliseconds: number;
  readonly at: number;
}

interface Place<Job> {
  readonly job: Job;
  readonly since: number;
}

/**
 * A reader's use is the time of threads that it had, weighed by how long ago. Among readers who have used the same, as
 * all new ones have, the first to come is the first to be served; so it is among the jobs of one reader.
 */
export class FairLine<Job extends Waiting> {
  readonly #now: () => number;
  readonly #places: Place<Job>[] = [];
  readonly #uses = new Map<string, Use>();
  /** Work → milliseconds that it usually takes. */
  readonly #usual = new Map<string, number>();
  /** When a thread last took what it is not kept for. */
  #movedAt = -Infinity;
  /** For whom it was last kept with reason. */
  #kept: { readonly reader: string; readonly at: number } | null = null;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  get length(): number {
    return this.#places.length;
  }

  join(job: Job): void {
    this.#places.push({ job, since: this.#now() });
  }

  leave(job: Job): void {
    const index = this.#places.findIndex((place) => place.job === job);
    if (index >= 0) this.#places.splice(index, 1);
  }

  /** Whose turn it is, taken out of the line; null where it is nobody's yet, since the thread is kept for others. */
  next(isKeptThread: boolean): Job | null {
    const isKept = isKeptThread && this.#kept !== null && this.#kept.at > this.#now() - KEPT_MS;
    const job = isKept ? (this.#briefest() ?? this.#leastServed(0)) : this.#leastServed(Infinity);
    if (!job) return null;
    this.leave(job);
    if (this.#isSmall(job)) this.#kept = { reader: job.reader, at: this.#now() };
    else this.#movedAt = this.#now();
    return job;
  }

  /** Milliseconds until someone may have the kept thread for whom it is not kept. */
  standstillMs(): number {
    return Math.max(Math.min(...this.#places.map(({ since }) => this.#patience(since))), 0);
  }

  /** All who wait, taken out of the line. */
  clear(): readonly Job[] {
    return this.#places.splice(0).map(({ job }) => job);
  }

  /** A thread has worked for so long for a reader. */
  spend(reader: string, milliseconds: number): void {
    const total = this.#useOf(reader) + milliseconds;
    remember(this.#uses, MOST_READERS, reader, { milliseconds: total, at: this.#now() });
    if (total >= SMALL_MS && this.#kept?.reader === reader) this.#kept = null;
  }

  /** Work has come to its end after so long: what was stopped half-way says nothing of the next time. */
  learn(work: string, milliseconds: number): void {
    const usual = this.#usual.get(work) ?? milliseconds;
    const weight = milliseconds < usual ? SHORTER : LONGER;
    remember(this.#usual, MOST_WORKS, work, usual + weight * (milliseconds - usual));
  }

  #patience(since: number): number {
    return Math.max(since, this.#movedAt) + STANDSTILL_MS - this.#now();
  }

  #briefest(): Job | null {
    const small = this.#places.filter(({ job }) => this.#isSmall(job));
    return leastOf(small, ({ work }) => this.#usual.get(work) ?? 0);
  }

  #leastServed(patience: number): Job | null {
    const ready = this.#places.filter(({ since }) => this.#patience(since) <= patience);
    return leastOf(ready, ({ reader }) => this.#useOf(reader));
  }

  #isSmall({ reader, work }: Job): boolean {
    return (this.#usual.get(work) ?? Infinity) < BRIEF_MS && this.#useOf(reader) < SMALL_MS;
  }

  #useOf(reader: string): number {
    const use = this.#uses.get(reader);
    return use ? use.milliseconds * 2 ** ((use.at - this.#now()) / HALF_LIFE_MS) : 0;
  }
}

/** The first of those of whom it is least. */
function leastOf<Job>(places: readonly Place<Job>[], measure: (job: Job) => number): Job | null {
  let [best, least]: [Job | null, number] = [null, Infinity];
  for (const { job } of places) {
    const measured = measure(job);
    if (measured < least) [best, least] = [job, measured];
  }
  return best;
}

/** Forgets who was not named for longest: lists of readers who are long gone, and of what they asked, are not to grow for ever. */
function remember<Value>(list: Map<string, Value>, most: number, name: string, value: Value): void {
  list.delete(name);
  list.set(name, value);
  const [oldest] = list.keys();
  if (list.size > most && oldest !== undefined) list.delete(oldest);
}
