// `snapshot`: one night, now.
import { logTo } from '../observe/log.ts';
import { systemClock } from '../base/clock.ts';
import { FeedError } from '../base/feed-error.ts';
import { clockOf } from './clock-of.ts';
import type { Command } from './command.ts';
import { credentialOf } from './credential-of.ts';
import { drawProgress } from './progress.ts';
import { spareMemory } from './spare-memory.ts';
import { TENANT_SETTINGS, nightsOf, openTenantWarehouse } from './tenant-nights.ts';
import { say } from './terminal.ts';
import { untilToldToEnd } from './until-told-to-end.ts';

const stopped = (): FeedError =>
  new FeedError('feed.unavailable', 'Stopped; nothing of this night was published.');

export const snapshot: Command = {
  help: 'Reads the tenant once and publishes the night of today.',
  settings: [...TENANT_SETTINGS, 'logFormat'],
  switches: { accept: 'Publishes the night that verification refused, as it was kept; reads nothing.' },
  run: async (settings, _operands, switches) => {
    if (switches.has('accept')) {
      const { id, dateKey } = openTenantWarehouse(settings).release(systemClock.now());
      say(`The refused night of ${dateKey} is published as generation ${id}.`);
      return;
    }
    spareMemory();
    const stopping = new AbortController();
    void untilToldToEnd().then(() => stopping.abort(stopped()));
    const observe =
      settings.logFormat === 'json' ? logTo(say, 'json', systemClock) : drawProgress(process.stderr);
    const runNight = nightsOf({
      credential: credentialOf(settings),
      settings,
      observe,
      signal: stopping.signal,
    });
    await runNight(clockOf(settings));
  },
};
