// `demo`: a feed with a history but without a tenant: each day is harvested over HTTP from the emulator of Graph.
import {
  startGraphEmulator,
  type GraphEmulator,
} from '../../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../../fixtures/tenant/make-tenant.ts';
import { systemClock } from '../../base/clock.ts';
import { addDays, dateKeyOf, type DateKey } from '../../base/date-key.ts';
import type { Observer } from '../../base/observation.ts';
import { listGenerations } from '../../engines/sqlite/generations/generation-files.ts';
import { logTo } from '../../observe/log.ts';
import { DEFAULT_SETTINGS } from '../../settings/settings.ts';
import { wholeNumber } from '../../settings/setting.ts';
import { clockOf } from '../wiring/clock-of.ts';
import { defineCommand } from './command.ts';
import { daysToSimulate, openDemoTenant } from '../wiring/demo-tenant.ts';
import { countOf } from '../text/count-of.ts';
import { demoWelcome } from '../text/demo-welcome.ts';
import { authenticatorOf } from '../wiring/authenticator-of.ts';
import { simulateRuns } from '../wiring/simulate-runs.ts';
import { bar } from '../text/draw-progress.ts';
import { FEED_SETTINGS, startFeed, type FeedSettings } from '../wiring/start-feed.ts';
import { print, say } from '../process/terminal.ts';
import { waitForShutdownSignal } from '../process/wait-for-shutdown-signal.ts';

export const demo = defineCommand({
  help: 'Makes a demo tenant with a history and serves it: the first look.',
  settings: [...FEED_SETTINGS],
  options: {
    devices: wholeNumber(500, 1, 1_000_000, 'Devices of the demo tenant.'),
    nights: wholeNumber(60, 1, 3650, 'Days of history that the demo starts with.'),
    seed: wholeNumber(1, 0, 1_000_000_000, 'Another seed grows another demo tenant.'),
    emulatorPort: wholeNumber(0, 0, 65_535, 'Port of the emulator of Microsoft Graph; 0 takes any free one.'),
  },
  run: async (settings, { emulatorPort, ...requested }) => {
    // Fails before the minute that history takes, not after it.
    authenticatorOf(settings, clockOf(settings));
    const today = dateKeyOf(clockOf(settings).now());
    const tenant = openDemoTenant(settings.data, requested, today);
    const emulator = await startGraphEmulator({
      tenant: makeTenant({ ...tenant, firstDateKey: tenant.firstNight }),
      port: emulatorPort,
    });
    const stopping = new AbortController();
    const ended = waitForShutdownSignal().then(() => stopping.abort(new Error('The demo is shutting down.')));
    try {
      await simulateHistory(
        daysToSimulate(tenant, newestDay(settings.data), today),
        emulator,
        settings,
        stopping.signal,
      );
      emulator.setDay(today);
      const feed = await startFeed(settings, clockOf(settings), logTo(say, settings.logFormat, systemClock));
      say(
        demoWelcome({
          feed: feed.url,
          graph: emulator.url,
          data: settings.data,
          nextDay: addDays(newestDay(settings.data) ?? today, 1),
        }),
      );
      print(`Feed: ${feed.url}`);
      await ended;
      await feed.stop();
    } catch (error) {
      // Stopped while it made its history: the next start continues there.
      if (!stopping.signal.aborted) throw error;
    } finally {
      await emulator.close();
    }
  },
});

const newestDay = (data: string): DateKey | null => listGenerations(data)[0]?.dateKey ?? null;

async function simulateHistory(
  days: readonly DateKey[],
  emulator: GraphEmulator,
  settings: FeedSettings,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = performance.now();
  const onDay = (day: DateKey, done: number): void => showProgress(done, days.length, day);
  await simulateRuns(days, {
    emulator,
    settings: { ...DEFAULT_SETTINGS, ...settings },
    observe: failuresOnly,
    signal,
    onDay,
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (days.length > 0) say(`${countOf(days.length, 'day')} in ${seconds} s.`);
}

// The phases of sixty runs would hide the one that failed.
const failuresOnly: Observer = (observation) => {
  if (observation.kind === 'run.failed')
    say(`The run of ${observation.dateKey} failed: ${observation.error.message}`);
};

function showProgress(done: number, total: number, day: DateKey): void {
  const line = `${bar(done, total)} day ${done} of ${total}: ${day}`;
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}${done === total ? '\n' : ''}`);
  else if (done % 10 === 0 || done === total) say(line);
}
