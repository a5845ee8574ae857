// The line in front of the threads: who was served least of late comes next, so that nobody waits for another's appetite.

interface Waiting {
  /** Whose turn it would be. */
  readonly reader: string;
}

// After so long, half of what a reader has used is forgotten.
const HALF_LIFE_MS = 10_000;
// Readers are small who used less of late than this, in reads that are brief: the last free thread is kept for them. One who
// asks seldom, and then for seconds of a thread, is not: all the others would wait for as long.
const SMALL_MS = 200;
const BRIEF_MS = 50;
// How much the latest read says of what the next one takes.
const LATEST = 0.25;
// But not where none has come for so long: it would be kept for nobody.
const KEPT_MS = 60_000;
// Forgetting is lazy; a list of readers who are long gone is not to grow for ever.
const MOST_READERS = 1000;

interface Use {
  readonly milliseconds: number;
  /** Of one read, the latest weighing most. */
  readonly usual: number;
  readonly at: number;
}

/**
 * A reader's use is the time of threads that it had, weighed by how long ago. Among readers who have used the same, as
 * all new ones have, the first to come is the first to be served; so it is among the jobs of one reader.
 */
export class FairLine<Job extends Waiting> {
  readonly #now: () => number;
  readonly #jobs: Job[] = [];
  readonly #uses = new Map<string, Use>();
  /** The small reader who came last. */
  #small: { readonly reader: string; readonly at: number } | null = null;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  get length(): number {
    return this.#jobs.length;
  }

  join(job: Job): void {
    this.#jobs.push(job);
  }

  leave(job: Job): void {
    const place = this.#jobs.indexOf(job);
    if (place >= 0) this.#jobs.splice(place, 1);
  }

  /** Whose turn it is, taken out of the line; null where it is nobody's, since the last thread is kept for others. */
  next(isLastThread: boolean): Job | null {
    const isKept = isLastThread && this.#small !== null && this.#small.at > this.#now() - KEPT_MS;
    let [best, least]: [Job | null, number] = [null, Infinity];
    for (const job of this.#jobs) {
      if (isKept && !this.#isSmall(job.reader)) continue;
      const use = this.#useOf(job.reader);
      if (use < least) [best, least] = [job, use];
    }
    if (best) this.leave(best);
    return best;
  }

  /** All who wait, taken out of the line. */
  clear(): readonly Job[] {
    return this.#jobs.splice(0);
  }

  spend(reader: string, milliseconds: number): void {
    const before = this.#uses.get(reader)?.usual ?? milliseconds;
    const total = this.#useOf(reader) + milliseconds;
    const usual = before + LATEST * (milliseconds - before);
    const at = this.#now();
    this.#uses.delete(reader);
    this.#uses.set(reader, { milliseconds: total, usual, at });
    if (this.#isSmall(reader)) this.#small = { reader, at };
    else if (this.#small?.reader === reader) this.#small = null;
    for (const oldest of this.#uses.keys()) {
      if (this.#uses.size <= MOST_READERS) break;
      this.#uses.delete(oldest);
    }
  }

  /** Of a newcomer nobody knows it yet. */
  #isSmall(reader: string): boolean {
    const usual = this.#uses.get(reader)?.usual ?? Infinity;
    return usual < BRIEF_MS && this.#useOf(reader) < SMALL_MS;
  }

  #useOf(reader: string): number {
    const use = this.#uses.get(reader);
    return use ? use.milliseconds * 2 ** ((use.at - this.#now()) / HALF_LIFE_MS) : 0;
  }
}
