// What each caller may use up: seconds of reading threads and bytes a minute, and reads at once. Requests are not counted,
// since one may cost ten thousand times what another does.
import { FeedError } from '../base/feed-error.ts';

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
export interface Quota {
  readonly name: string;
  readonly unit: 'worker-milliseconds' | 'content-bytes' | 'concurrent-requests';
  readonly most: number;
  readonly left: number;
  /** Null where it comes back with the end of a read, else seconds: what `most` is for, and until there is that much again. */
  readonly time: { readonly window: number; readonly whole: number } | null;
}

const WINDOW_SECONDS = 60;
// A read is paid for as it goes on, and may cost more than there was. More debt than this is let go: Power BI waits for two
// minutes at most, and whoever waits as long as they were told is let in.
const MOST_DEBT_SECONDS = 119;
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

/** Holds a minute's worth, and is filled up evenly. What is taken is known only afterwards, so it can be in debt. */
class Bucket {
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

  state(): Pick<Quota, 'most' | 'left' | 'time'> {
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
