// The nightly clock: midnight UTC, one run at a time, and no failure ends it.
import { schedule } from 'node-cron';
import type { Observer } from '../src/base/observation.ts';

export interface ScheduleWords {
  /** One whole night. It may reject: that ends this night, not the schedule. */
  readonly night: () => Promise<unknown>;
  readonly observe: Observer;
  /** When, as cron writes it, in UTC. */
  readonly pattern?: string;
}

export interface Schedule {
  /** Starts no further night; one under way runs on. */
  stop(): void;
}

const MIDNIGHT = '0 0 * * *';

export function scheduleNights({ night, observe, pattern = MIDNIGHT }: ScheduleWords): Schedule {
  const trouble = (message: string): void =>
    observe({ kind: 'night.problem', run: 'schedule', source: 'schedule', message });
  const quiet = (): void => undefined;

  const task = schedule(
    pattern,
    async () => {
      try {
        await night();
      } catch (error) {
        trouble(`The scheduled night failed: ${error instanceof Error ? error.message : String(error)}`);
      }
      announce();
    },
    {
      timezone: 'Etc/UTC',
      noOverlap: true,
      // The library would write to the console; here everything is an observation.
      logger: { info: quiet, debug: quiet, warn: trouble, error: (message) => trouble(String(message)) },
    },
  );
  const announce = (): void => {
    const next = task.getNextRun();
    if (next) observe({ kind: 'schedule.next', at: next.toISOString() });
  };
  announce();
  return {
    stop() {
      void task.destroy();
    },
  };
}
