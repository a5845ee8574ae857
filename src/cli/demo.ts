// `demo`: from nothing to a feed with a history, without a tenant: every night harvested over HTTP from the emulator.
import {
  startGraphEmulator,
  type GraphEmulator,
} from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { systemClock } from '../base/clock.ts';
import { addDays, dateKeyOf, type DateKey } from '../base/date-key.ts';
import type { Observer } from '../base/observation.ts';
import { listGenerations } from '../engines/sqlite/generations/generation-files.ts';
import { logTo } from '../observe/log.ts';
import type { Settings } from '../settings/settings.ts';
import { clockOf } from './clock-of.ts';
import type { Command } from './command.ts';
import { nightsToRun, openDemo } from './demo-history.ts';
import { demoWelcome } from './demo-welcome.ts';
import { gateOf } from './gate-of.ts';
import { liveThrough } from './live-through.ts';
import { bar } from './progress.ts';
import { FEED_SETTINGS, startFeed } from './running-feed.ts';
import { print, say } from './terminal.ts';
import { untilToldToEnd } from './until-told-to-end.ts';

export const demo: Command = {
  help: 'Grows a demo tenant, lives through its nights and serves them: the first look.',
  settings: [...FEED_SETTINGS, 'keepGenerations', 'devices', 'nights', 'seed', 'emulatorPort'],
  run: async (settings) => {
    // Before the minute that history takes, not after it.
    gateOf(settings, clockOf(settings));
    const today = dateKeyOf(clockOf(settings).now());
    const tenant = openDemo(settings, today);
    const last = listGenerations(settings.data)[0]?.dateKey ?? null;
    const emulator = await startGraphEmulator({
      tenant: makeTenant({ ...tenant, firstDateKey: tenant.firstNight }),
      port: settings.emulatorPort,
    });
    const stopping = new AbortController();
    const ended = untilToldToEnd().then(() => stopping.abort(new Error('The demo was told to end.')));
    try {
      await growHistory(nightsToRun(tenant, last, today), emulator, settings, stopping.signal);
      emulator.setDay(today);
      const feed = await startFeed(settings, clockOf(settings), logTo(say, settings.logFormat, systemClock));
      say(
        demoWelcome({
          feed: feed.url,
          graph: emulator.url,
          data: settings.data,
          tomorrow: addDays(today, 1),
        }),
      );
      print(`Feed: ${feed.url}`);
      await ended;
      await feed.stop();
    } catch (error) {
      // Told to end before its nights were over: the next start goes on from there.
      if (!stopping.signal.aborted) throw error;
    } finally {
      await emulator.close();
    }
  },
};

async function growHistory(
  nights: readonly DateKey[],
  emulator: GraphEmulator,
  settings: Settings,
  signal: AbortSignal,
): Promise<void> {
  const began = performance.now();
  const onNight = (night: DateKey, done: number): void => showNight(done, nights.length, night);
  await liveThrough(nights, { emulator, settings, observe: onlyTrouble, signal, onNight });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  if (nights.length > 0) say(`${nights.length} nights in ${seconds} s.`);
}

// Sixty nights that each tell their stages would hide the one that went wrong.
const onlyTrouble: Observer = (observation) => {
  if (observation.kind === 'night.failed')
    say(`The night of ${observation.dateKey} failed: ${observation.error.message}`);
};

function showNight(done: number, all: number, night: DateKey): void {
  const line = `${bar(done, all)} night ${done} of ${all}: ${night}`;
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}${done === all ? '\n' : ''}`);
  else if (done % 10 === 0 || done === all) say(line);
}
