// `serve`: the feed, and a night of its own at 00:00 UTC.
import { scheduleNights } from '../../etl/schedule.ts';
import { systemClock } from '../base/clock.ts';
import { logTo } from '../observe/log.ts';
import { clockOf } from './clock-of.ts';
import type { Command } from './command.ts';
import { FEED_SETTINGS, startFeed } from './running-feed.ts';
import { TENANT_SETTINGS, credentialOf, nightsOf } from './tenant-nights.ts';
import { print, say } from './terminal.ts';
import { untilToldToEnd } from './until-told-to-end.ts';

export const serve: Command = {
  help: 'Serves the feed and, unless --schedule off, runs a night at 00:00 UTC.',
  settings: [...new Set([...FEED_SETTINGS, 'schedule' as const, ...TENANT_SETTINGS])],
  run: async (settings) => {
    const observe = logTo(say, settings.logFormat, systemClock);
    const clock = clockOf(settings);
    const stopping = new AbortController();
    // Credentials are asked for before anything listens.
    const runNight =
      settings.schedule === 'on'
        ? nightsOf({ credential: credentialOf(settings), settings, observe, signal: stopping.signal })
        : null;
    const ended = untilToldToEnd();
    const feed = await startFeed(settings, clock, observe);
    const schedule = runNight && scheduleNights({ night: () => runNight(clock), observe });
    print(`Feed: ${feed.url}`);
    await ended;
    schedule?.stop();
    stopping.abort(new Error('The feed was told to end.'));
    await feed.stop();
  },
};
