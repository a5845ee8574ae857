// What each caller may use: thread seconds and bytes a minute, and reads at the same time. Requests are not counted: one may
// cost ten thousand times as much as another.
import { FeedError } from '../base/feed-error.ts';
import { LruMap } from '../base/lru-map.ts';
import { TokenBucket, type TokenBucketState } from './token-bucket.ts';

/** 0 for no limit. */
export interface BudgetSettings {
  /** Per minute. */
  readonly budgetSeconds: number;
  /** Per minute; 10^6 bytes each. */
  readonly budgetMegabytes: number;
  readonly readsAtOnce: number;
}

/** The budget of one caller, shared by all of their reads. */
export interface Account {
  readonly id: string;
  /** Throws `limit.budget` where the budget is used up. */
  requireBudget(): void;
  /** Throws as requireBudget does, and counts as a running read until the signal aborts. */
  startRead(over: AbortSignal): void;
  /** Charges milliseconds that a thread has worked. */
  chargeWorkerTime(milliseconds: number): void;
  chargeBytes(bytes: number): void;
  /** None for an account without limits. */
  quotas(): readonly Quota[];
}

/** One of the limited resources, and how much of it is left. */
export interface Quota extends Pick<TokenBucketState, 'capacity' | 'remaining'> {
  readonly name: string;
  readonly unit: 'worker-milliseconds' | 'content-bytes' | 'concurrent-requests';
  /** Null where it is given back when a read ends. */
  readonly time: TokenBucketState['time'] | null;
}

const MAX_ACCOUNTS = 10_000;

/** `now` is in milliseconds, and never goes back. */
export class Budgets {
  readonly #settings: BudgetSettings;
  readonly #now: () => number;
  /** An account with its whole budget is evicted first: it would be the same made anew. */
  readonly #accounts = new LruMap<string, MeteredAccount>(MAX_ACCOUNTS, {
    isExpendable: (account) => account.isFull(),
  });

  constructor(settings: BudgetSettings, now: () => number = () => performance.now()) {
    this.#settings = settings;
    this.#now = now;
  }

  accountOf(id: string): Account {
    return this.#accounts.getOrCreate(id, () => new MeteredAccount(id, this.#settings, this.#now));
  }
}

/** For a user of this machine, who can use all of it anyway. */
export function unlimitedAccount(id: string): Account {
  const noop = (): void => undefined;
  return {
    id,
    requireBudget: noop,
    startRead: noop,
    chargeWorkerTime: noop,
    chargeBytes: noop,
    quotas: () => [],
  };
}

class MeteredAccount implements Account {
  readonly id: string;
  readonly #time: TokenBucket;
  readonly #bytes: TokenBucket;
  readonly #maxReads: number;
  #reads = 0;

  constructor(id: string, settings: BudgetSettings, now: () => number) {
    this.id = id;
    this.#time = new TokenBucket(settings.budgetSeconds * 1000, now);
    this.#bytes = new TokenBucket(settings.budgetMegabytes * 1_000_000, now);
    this.#maxReads = settings.readsAtOnce || Infinity;
  }

  requireBudget(): void {
    const wait = Math.max(this.#time.waitSeconds(), this.#bytes.waitSeconds());
    if (wait === 0) return;
    const what = this.#time.waitSeconds() > 0 ? 'seconds of reading' : 'bytes';
    throw new FeedError('limit.budget', `Your budget of ${what} for this minute is used up.`, {
      hint: 'Ask again after the seconds in Retry-After, or ask for fewer rows and columns.',
      retryAfterSeconds: wait,
    });
  }

  startRead(over: AbortSignal): void {
    this.requireBudget();
    if (this.#reads >= this.#maxReads) {
      throw new FeedError('limit.budget', `You have ${this.#reads} reads running, which is the maximum.`, {
        hint: 'Wait until one of them has ended.',
        retryAfterSeconds: 1,
      });
    }
    over.throwIfAborted();
    this.#reads += 1;
    over.addEventListener('abort', () => (this.#reads -= 1), { once: true });
  }

  chargeWorkerTime(milliseconds: number): void {
    this.#time.consume(milliseconds);
  }

  chargeBytes(bytes: number): void {
    this.#bytes.consume(bytes);
  }

  quotas(): readonly Quota[] {
    const quotas: readonly Quota[] = [
      { name: 'time', unit: 'worker-milliseconds', ...this.#time.state() },
      { name: 'bytes', unit: 'content-bytes', ...this.#bytes.state() },
      {
        name: 'reads',
        unit: 'concurrent-requests',
        capacity: this.#maxReads,
        remaining: this.#maxReads - this.#reads,
        time: null,
      },
    ];
    return quotas.filter(({ capacity }) => capacity !== Infinity);
  }

  isFull(): boolean {
    return this.#reads === 0 && this.#time.isFull() && this.#bytes.isFull();
  }
}
