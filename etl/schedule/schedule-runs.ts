// The nightly clock: a night begins at 00:00 UTC, or as soon as the machine is awake again; no failure ends the schedule.
import { schedule } from 'node-cron';
import type { Clock } from '../../src/base/clock.ts';
import { addDays, dateKeyOf, midnightOf } from '../../src/base/date-key.ts';
import { FeedError } from '../../src/base/feed-error.ts';
import type { Observer } from '../../src/base/observation.ts';

export interface ScheduleOptions {
  /** One whole night. It may reject: that ends this night, not the schedule. */
  readonly run: () => Promise<unknown>;
  /** Asked before each. */
  readonly isDue: () => boolean;
  readonly clock: Clock;
  readonly observe: Observer;
  /** A night begins at random within so many minutes after its time: fewer than lie between two looks. */
  readonly jitterMinutes: number;
  /** When it is looked whether a night is due, as cron writes it, in UTC. */
  readonly cronPattern?: string;
}

export interface Schedule {
  /** Starts no further night; one under way runs on. */
  stop(): void;
}

// Midnight is one of them. The others are for machines that slept, clocks that were set, and nights that failed.
const EVERY_15_MINUTES = '*/15 * * * *';

/** Looks at once, so that a night that was missed while nothing ran is made up for. */
export function scheduleRuns(options: ScheduleOptions): Schedule {
  const { run, isDue, clock, observe, jitterMinutes, cronPattern = EVERY_15_MINUTES } = options;
  const reportProblem = (message: string): void =>
    observe({ kind: 'run.problem', run: 'schedule', source: 'schedule', message });
  const ignore = (): void => undefined;
  const announceNext = (): void => {
    const next = midnightOf(addDays(dateKeyOf(clock.now()), 1));
    observe({ kind: 'schedule.next', at: next.toISOString() });
  };

  let isRunning = false;
  let isStopped = false;
  const runIfDue = async (): Promise<void> => {
    if (isRunning || isStopped) return;
    isRunning = true;
    try {
      if (!isDue()) return;
      await run();
      announceNext();
    } catch (error) {
      // Another process has the turn: of this night nothing is missing.
      if (!(error instanceof FeedError && error.code === 'feed.night-running')) {
        reportProblem(
          `The scheduled night failed: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    } finally {
      isRunning = false;
    }
  };

  const task = schedule(cronPattern, runIfDue, {
    timezone: 'Etc/UTC',
    maxRandomDelay: jitterMinutes * 60_000,
    // The library would write to the console; here everything is an observation. A look that was missed is no loss.
    logger: { info: ignore, debug: ignore, warn: ignore, error: (message) => reportProblem(String(message)) },
  });
  announceNext();
  void runIfDue();
  return {
    stop() {
      isStopped = true;
      void task.destroy();
    },
  };
}
