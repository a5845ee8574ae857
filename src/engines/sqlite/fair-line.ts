// The line in front of the threads: who was served least of late comes next, so that nobody waits for another's appetite.

interface Waiting {
  /** Whose turn it would be. */
  readonly reader: string;
}

// After so long, half of what a reader has used is forgotten.
const HALF_LIFE_MS = 10_000;
// Readers who used less of late than this are small: the last free thread is kept for them.
const SMALL_MS = 200;
// But not where only one reader has come for so long: it would keep a thread from itself.
const ALONE_MS = 60_000;
// Forgetting is lazy; a list of readers who are long gone is not to grow for ever.
const MOST_READERS = 1000;

interface Use {
  readonly milliseconds: number;
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
    let [best, least]: [Job | null, number] = [null, isLastThread && this.#isShared() ? SMALL_MS : Infinity];
    for (const job of this.#jobs) {
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
    const total = this.#useOf(reader) + milliseconds;
    this.#uses.delete(reader);
    this.#uses.set(reader, { milliseconds: total, at: this.#now() });
    for (const oldest of this.#uses.keys()) {
      if (this.#uses.size <= MOST_READERS) break;
      this.#uses.delete(oldest);
    }
  }

  #isShared(): boolean {
    const recent = this.#now() - ALONE_MS;
    // The latest stand last.
    return ([...this.#uses.values()].at(-2)?.at ?? -Infinity) > recent;
  }

  #useOf(reader: string): number {
    const use = this.#uses.get(reader);
    return use ? use.milliseconds * 2 ** ((use.at - this.#now()) / HALF_LIFE_MS) : 0;
  }
}
