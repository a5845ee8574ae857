// What each caller may use up: seconds of reading threads and bytes a minute, and reads at once. Requests are not counted,
// since one may cost ten thousand times what another does.
import { FeedError } from '../base/feed-error.ts';
import { LruMap } from '../base/lru-map.ts';
import { TokenBucket, type TokenBucketState } from './token-bucket.ts';

/** 0 is without end. */
export interface BudgetSettings {
  /** A minute. */
  readonly budgetSeconds: number;
  /** A minute; 10^6 bytes each. */
  readonly budgetMegabytes: number;
  readonly readsAtOnce: number;
}

/** Of one caller, shared by all of their reads. */
export interface Account {
  readonly id: string;
  /** Throws `limit.budget` where there is nothing left to read with. */
  requireBudget(): void;
  /** The same, and takes one of the places for reads at once, until the signal says that the read is over. */
  startRead(over: AbortSignal): void;
  /** Milliseconds that a thread has worked. */
  chargeWorkerTime(milliseconds: number): void;
  chargeBytes(bytes: number): void;
  /** None for whoever has no budget. */
  quotas(): readonly Quota[];
}

/** One of the things that are limited, and how much of it there is. */
export interface Quota extends Pick<TokenBucketState, 'capacity' | 'remaining'> {
  readonly name: string;
  readonly unit: 'worker-milliseconds' | 'content-bytes' | 'concurrent-requests';
  /** Null where it comes back with the end of a read. */
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

/** Of someone who has all of the machine anyway. */
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
    throw new FeedError('limit.budget', `You have used up your ${what} of this minute.`, {
      hint: 'Ask again after that many seconds as Retry-After says, or for fewer rows and columns.',
      retryAfterSeconds: wait,
    });
  }

  startRead(over: AbortSignal): void {
    this.requireBudget();
    if (this.#reads >= this.#maxReads) {
      throw new FeedError('limit.budget', `You have ${this.#reads} reads under way, and may have no more.`, {
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
    return quotas.filter(({ capacity: most }) => most !== Infinity);
  }

  isFull(): boolean {
    return this.#reads === 0 && this.#time.isFull() && this.#bytes.isFull();
  }
}
