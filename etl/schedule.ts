// The nightly clock: a night begins at 00:00 UTC, or as soon as the machine is awake again; no failure ends the schedule.
import { schedule } from 'node-cron';
import type { Clock } from '../src/base/clock.ts';
import { addDays, dateKeyOf, midnightOf } from '../src/base/date-key.ts';
import { FeedError } from '../src/base/feed-error.ts';
import type { Observer } from '../src/base/observation.ts';

export interface ScheduleWords {
  /** One whole night. It may reject: that ends this night, not the schedule. */
  readonly night: () => Promise<unknown>;
  /** Asked before each. */
  readonly isDue: () => boolean;
  readonly clock: Clock;
  readonly observe: Observer;
  /** A night begins at random within so many minutes after its time: fewer than lie between two looks. */
  readonly jitterMinutes: number;
  /** When it is looked whether a night is due, as cron writes it, in UTC. */
  readonly pattern?: string;
}

export interface Schedule {
  /** Starts no further night; one under way runs on. */
  stop(): void;
}

// Midnight is one of them. The others are for machines that slept, clocks that were set, and nights that failed.
const EVERY_QUARTER = '*/15 * * * *';

/** Looks at once, so that a night that was missed while nothing ran is made up for. */
export function scheduleNights(words: ScheduleWords): Schedule {
  const { night, isDue, clock, observe, jitterMinutes, pattern = EVERY_QUARTER } = words;
  const trouble = (message: string): void =>
    observe({ kind: 'night.problem', run: 'schedule', source: 'schedule', message });
  const quiet = (): void => undefined;
  const announce = (): void => {
    const next = midnightOf(addDays(dateKeyOf(clock.now()), 1));
    observe({ kind: 'schedule.next', at: next.toISOString() });
  };

  let busy = false;
  let stopped = false;
  const look = async (): Promise<void> => {
    if (busy || stopped) return;
    busy = true;
    try {
      if (!isDue()) return;
      await night();
      announce();
    } catch (error) {
      // Another process has the turn: of this night nothing is missing.
      if (!(error instanceof FeedError && error.code === 'feed.night-running')) {
        trouble(`The scheduled night failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    } finally {
      busy = false;
    }
  };

  const task = schedule(pattern, look, {
    timezone: 'Etc/UTC',
    maxRandomDelay: jitterMinutes * 60_000,
    // The library would write to the console; here everything is an observation. A look that was missed is no loss.
    logger: { info: quiet, debug: quiet, warn: quiet, error: (message) => trouble(String(message)) },
  });
  announce();
  void look();
  return {
    stop() {
      stopped = true;
      void task.destroy();
    },
  };
}
