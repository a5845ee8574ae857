// `snapshot`: one run, now.
import { existsSync } from 'node:fs';
import { logTo } from '../../observe/log.ts';
import { systemClock } from '../../base/clock.ts';
import { feedEmpty } from '../../base/feed-empty.ts';
import { FeedError } from '../../base/feed-error.ts';
import { clockOf } from '../wiring/clock-of.ts';
import { defineCommand } from './command.ts';
import { credentialOf } from '../wiring/credential-of.ts';
import { drawProgress } from '../text/draw-progress.ts';
import { limitHeapGrowth } from '../process/limit-heap-growth.ts';
import { TENANT_SETTINGS, tenantEtl, openTenantWarehouse } from '../wiring/tenant-etl.ts';
import { say } from '../process/terminal.ts';
import { waitForShutdownSignal } from '../process/wait-for-shutdown-signal.ts';

const interrupted = (): FeedError =>
  new FeedError('feed.unavailable', 'Stopped; nothing of this run was published.');

export const snapshot = defineCommand({
  help: 'Reads the tenant and publishes the snapshot of today.',
  settings: [...TENANT_SETTINGS, 'logFormat'],
  switches: { accept: 'Publishes the snapshot that was refused, without reading the tenant.' },
  run: async (settings, { accept }) => {
    if (accept) {
      // To open a warehouse makes its folder.
      if (!existsSync(settings.data)) throw feedEmpty(settings.data);
      const { id, dateKey } = openTenantWarehouse(settings).release(systemClock.now());
      say(`The refused snapshot of ${dateKey} is published as generation ${id}.`);
      return;
    }
    limitHeapGrowth();
    const stopping = new AbortController();
    void waitForShutdownSignal().then(() => stopping.abort(interrupted()));
    const observe =
      settings.logFormat === 'json' ? logTo(say, 'json', systemClock) : drawProgress(process.stderr);
    const runTenantEtl = tenantEtl({
      credential: credentialOf(settings),
      settings,
      observe,
      signal: stopping.signal,
    });
    await runTenantEtl(clockOf(settings));
  },
});
