// A token bucket of one minute, refilled evenly. What a read consumes is known only afterwards, so the bucket can be in debt.

export interface TokenBucketState {
  readonly capacity: number;
  readonly remaining: number;
  /** In seconds: the period that `capacity` is for, and the time until the bucket is full. */
  readonly time: { readonly window: number; readonly secondsToFull: number };
}

const WINDOW_SECONDS = 60;
// A read is charged while it runs, and may cost more than there was. Debt beyond this is forgiven: Power BI waits two minutes
// at most, and a client that waits as long as Retry-After says must be served.
const MAX_DEBT_SECONDS = 119;

/** `now` is in milliseconds, and never goes back. */
export class TokenBucket {
  readonly #capacity: number;
  readonly #now: () => number;
  #level: number;
  #updatedAt: number;

  constructor(capacity: number, now: () => number) {
    this.#capacity = capacity || Infinity;
    this.#now = now;
    this.#level = this.#capacity;
    this.#updatedAt = now();
  }

  consume(amount: number): void {
    this.#refill();
    this.#level = Math.max(this.#level - amount, -this.#amountIn(MAX_DEBT_SECONDS));
  }

  /** 0 while something is left, else whole seconds. */
  waitSeconds(): number {
    this.#refill();
    return this.#level > 0 ? 0 : Math.floor(this.#secondsUntil(0)) + 1;
  }

  isFull(): boolean {
    this.#refill();
    return this.#level === this.#capacity;
  }

  state(): TokenBucketState {
    this.#refill();
    return {
      capacity: this.#capacity,
      remaining: Math.max(Math.floor(this.#level), 0),
      time: {
        window: WINDOW_SECONDS,
        secondsToFull: this.isFull() ? 0 : Math.ceil(this.#secondsUntil(this.#capacity)),
      },
    };
  }

  #refill(): void {
    const now = this.#now();
    this.#level = Math.min(this.#level + this.#amountIn((now - this.#updatedAt) / 1000), this.#capacity);
    this.#updatedAt = now;
  }

  #amountIn(seconds: number): number {
    return this.#capacity === Infinity ? 0 : (this.#capacity * seconds) / WINDOW_SECONDS;
  }

  #secondsUntil(level: number): number {
    return ((level - this.#level) / this.#capacity) * WINDOW_SECONDS;
  }
}
