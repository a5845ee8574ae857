// What each caller may use up: seconds of reading threads and bytes a minute, and reads at once. Requests are not counted,
// since one may cost ten thousand times what another does.
import { FeedError } from '../base/feed-error.ts';
import { Bucket, type BucketState } from './bucket.ts';

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
  check(): void;
  /** The same, and takes one of the places for reads at once, until the signal says that the read is over. */
  enter(over: AbortSignal): void;
  /** Milliseconds that a thread has worked. */
  work(milliseconds: number): void;
  send(bytes: number): void;
  /** None for whoever has no budget. */
  quotas(): readonly Quota[];
}

/** One of the things that are limited, and how much of it there is. */
export interface Quota extends Pick<BucketState, 'most' | 'left'> {
  readonly name: string;
  readonly unit: 'worker-milliseconds' | 'content-bytes' | 'concurrent-requests';
  /** Null where it comes back with the end of a read. */
  readonly time: BucketState['time'] | null;
}

const MOST_ACCOUNTS = 10_000;

/** `now` is in milliseconds, and never goes back. */
export class Budgets {
  readonly #settings: BudgetSettings;
  readonly #now: () => number;
  readonly #accounts = new Map<string, MeteredAccount>();

  constructor(settings: BudgetSettings, now: () => number = () => performance.now()) {
    this.#settings = settings;
    this.#now = now;
  }

  of(id: string): Account {
    const account = this.#accounts.get(id) ?? new MeteredAccount(id, this.#settings, this.#now);
    this.#accounts.delete(id);
    this.#accounts.set(id, account);
    if (this.#accounts.size > MOST_ACCOUNTS) this.#forget();
    return account;
  }

  /** Those first whose budget is whole: they lose nothing. If there are none, whoever came least of late. */
  #forget(): void {
    for (const [id, account] of this.#accounts) if (account.isWhole()) this.#accounts.delete(id);
    for (const id of this.#accounts.keys()) {
      if (this.#accounts.size <= MOST_ACCOUNTS) break;
      this.#accounts.delete(id);
    }
  }
}

/** Of someone who has all of the machine anyway. */
export function freeAccount(id: string): Account {
  const nothing = (): void => undefined;
  return { id, check: nothing, enter: nothing, work: nothing, send: nothing, quotas: () => [] };
}

class MeteredAccount implements Account {
  readonly id: string;
  readonly #time: Bucket;
  readonly #bytes: Bucket;
  readonly #most: number;
  #reads = 0;

  constructor(id: string, settings: BudgetSettings, now: () => number) {
    this.id = id;
    this.#time = new Bucket(settings.budgetSeconds * 1000, now);
    this.#bytes = new Bucket(settings.budgetMegabytes * 1_000_000, now);
    this.#most = settings.readsAtOnce || Infinity;
  }

  check(): void {
    const wait = Math.max(this.#time.waitSeconds(), this.#bytes.waitSeconds());
    if (wait === 0) return;
    const what = this.#time.waitSeconds() > 0 ? 'seconds of reading' : 'bytes';
    throw new FeedError('limit.budget', `You have used up your ${what} of this minute.`, {
      hint: 'Ask again after that many seconds as Retry-After says, or for fewer rows and columns.',
      retryAfterSeconds: wait,
    });
  }

  enter(over: AbortSignal): void {
    this.check();
    if (this.#reads >= this.#most) {
      throw new FeedError('limit.budget', `You have ${this.#reads} reads under way, and may have no more.`, {
        hint: 'Wait until one of them has ended.',
        retryAfterSeconds: 1,
      });
    }
    over.throwIfAborted();
    this.#reads += 1;
    over.addEventListener('abort', () => (this.#reads -= 1), { once: true });
  }

  work(milliseconds: number): void {
    this.#time.take(milliseconds);
  }

  send(bytes: number): void {
    this.#bytes.take(bytes);
  }

  quotas(): readonly Quota[] {
    const quotas: readonly Quota[] = [
      { name: 'time', unit: 'worker-milliseconds', ...this.#time.state() },
      { name: 'bytes', unit: 'content-bytes', ...this.#bytes.state() },
      {
        name: 'reads',
        unit: 'concurrent-requests',
        most: this.#most,
        left: this.#most - this.#reads,
        time: null,
      },
    ];
    return quotas.filter(({ most }) => most !== Infinity);
  }

  isWhole(): boolean {
    return this.#reads === 0 && this.#time.isWhole() && this.#bytes.isWhole();
  }
}
