// A bucket that holds a minute's worth and is filled up evenly. What is taken is known only afterwards, so it can be in debt.

export interface BucketState {
  readonly most: number;
  readonly left: number;
  /** Seconds: what `most` is for, and until there is that much again. */
  readonly time: { readonly window: number; readonly whole: number };
}

const WINDOW_SECONDS = 60;
// A read is paid for as it goes on, and may cost more than there was. More debt than this is let go: Power BI waits for two
// minutes at most, and whoever waits as long as they were told is let in.
const MOST_DEBT_SECONDS = 119;

/** `now` is in milliseconds, and never goes back. */
export class Bucket {
  readonly #most: number;
  readonly #now: () => number;
  #level: number;
  #at: number;

  constructor(most: number, now: () => number) {
    this.#most = most || Infinity;
    this.#now = now;
    this.#level = this.#most;
    this.#at = now();
  }

  take(amount: number): void {
    this.#fill();
    this.#level = Math.max(this.#level - amount, -this.#after(MOST_DEBT_SECONDS));
  }

  /** 0 while there is some left, else whole seconds. */
  waitSeconds(): number {
    this.#fill();
    return this.#level > 0 ? 0 : Math.floor(this.#secondsTo(0)) + 1;
  }

  isWhole(): boolean {
    this.#fill();
    return this.#level === this.#most;
  }

  state(): BucketState {
    this.#fill();
    return {
      most: this.#most,
      left: Math.max(Math.floor(this.#level), 0),
      time: { window: WINDOW_SECONDS, whole: this.isWhole() ? 0 : Math.ceil(this.#secondsTo(this.#most)) },
    };
  }

  #fill(): void {
    const now = this.#now();
    this.#level = Math.min(this.#level + this.#after((now - this.#at) / 1000), this.#most);
    this.#at = now;
  }

  #after(seconds: number): number {
    return this.#most === Infinity ? 0 : (this.#most * seconds) / WINDOW_SECONDS;
  }

  #secondsTo(level: number): number {
    return ((level - this.#level) / this.#most) * WINDOW_SECONDS;
  }
}
