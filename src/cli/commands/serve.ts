// `serve`: the feed, and a run every night at 00:00 UTC.
import { isRunDue } from '../../../etl/schedule/is-run-due.ts';
import { scheduleRuns } from '../../../etl/schedule/schedule-runs.ts';
import { systemClock } from '../../base/clock.ts';
import { logTo } from '../../observe/log.ts';
import type { Settings } from '../../settings/settings.ts';
import { clockOf } from '../wiring/clock-of.ts';
import { defineCommand } from './command.ts';
import { credentialOf } from '../wiring/credential-of.ts';
import { FEED_SETTINGS, startFeed } from '../wiring/start-feed.ts';
import { runEtlInProcess } from '../process/run-etl-in-process.ts';
import { TENANT_SETTINGS, openTenantWarehouse } from '../wiring/tenant-etl.ts';
import { print, say } from '../process/terminal.ts';
import { waitForShutdownSignal } from '../process/wait-for-shutdown-signal.ts';

export const SERVE_SETTINGS = [...FEED_SETTINGS, ...TENANT_SETTINGS, 'schedule', 'jitter'] as const;

export type ServeSettings = Pick<Settings, (typeof SERVE_SETTINGS)[number]>;

export const serve = defineCommand({
  help: 'Serves the feed and, unless --schedule is off, runs the ETL every night at 00:00 UTC.',
  settings: SERVE_SETTINGS,
  run: async (settings) => {
    const stopping = new AbortController();
    // Missing credentials are an error before anything listens.
    const credential = settings.schedule === 'on' ? credentialOf(settings) : null;
    const ended = waitForShutdownSignal();
    const clock = clockOf(settings);
    const feed = await startFeed(settings, clock, logTo(say, settings.logFormat, systemClock));
    const warehouse = openTenantWarehouse(settings);
    const schedule =
      credential &&
      scheduleRuns({
        run: () => runEtlInProcess({ credential, settings }, feed.observe, stopping.signal),
        isDue: () => isRunDue(warehouse, clock),
        clock,
        observe: feed.observe,
        jitterMinutes: settings.jitter,
      });
    print(`Feed: ${feed.url}`);
    await ended;
    schedule?.stop();
    stopping.abort();
    await feed.stop();
  },
});
