// Starts a run every day at 00:00 UTC, or as soon as the machine is awake again. A failed run does not end the schedule.
import { schedule } from 'node-cron';
import type { Clock } from '../../src/base/clock.ts';
import { addDays, dateKeyOf, midnightOf } from '../../src/base/date-key.ts';
import { FeedError } from '../../src/base/feed-error.ts';
import type { Observer } from '../../src/base/observation.ts';

export interface ScheduleOptions {
  /** One whole run. It may reject: that ends this run, not the schedule. */
  readonly run: () => Promise<unknown>;
  /** Called before each run. */
  readonly isDue: () => boolean;
  readonly clock: Clock;
  readonly observe: Observer;
  /** A run starts within so many minutes after its time, at random. Must be fewer than between two checks. */
  readonly jitterMinutes: number;
  /** When to check whether a run is due: a cron pattern in UTC. */
  readonly cronPattern?: string;
}

export interface Schedule {
  /** Starts no more runs; an active one continues. */
  stop(): void;
}

// This includes midnight. The other checks are for machines that slept, clocks that were set, and runs that failed.
const EVERY_15_MINUTES = '*/15 * * * *';

/** Checks at once, so that a run that was missed while the process was down is made up for. */
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
      // Another process runs it: nothing will be missing.
      if (!(error instanceof FeedError && error.code === 'feed.night-running')) {
        reportProblem(`The scheduled run failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    } finally {
      isRunning = false;
    }
  };

  const task = schedule(cronPattern, runIfDue, {
    timezone: 'Etc/UTC',
    maxRandomDelay: jitterMinutes * 60_000,
    // The library would write to the console; here everything is an observation. A missed check is not worth one.
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
