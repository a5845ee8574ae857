// `restore`: a backup is served, in an empty folder or in the place of older nights.
import { existsSync } from 'node:fs';
import { systemClock } from '../../base/clock.ts';
import { FeedError } from '../../base/feed-error.ts';
import { checkBackup } from '../../engines/sqlite/transfer/backup.ts';
import type { Command } from './command.ts';
import { openTenantWarehouse } from '../wiring/tenant-etl.ts';
import { say } from '../process/terminal.ts';

export const restore: Command = {
  operands: ['<file>'],
  help: 'Serves a backup; where what is served is as new or newer, only with --force.',
  settings: ['data', 'keepGenerations'],
  switches: { force: 'Also in the place of nights that are as new or newer.' },
  run: async (settings, [file], switches) => {
    if (file === undefined || !existsSync(file)) {
      const what = file === undefined ? 'There is no backup to restore.' : `There is no file '${file}'.`;
      const hint = 'For example: fleetfeed restore /mnt/backups/generation-000061-20261120.sqlite';
      throw new FeedError('setup.bad-setting', what, { hint });
    }
    await checkBackup(file);
    const restoring = { file, force: switches.has('force') };
    const { id, dateKey } = openTenantWarehouse(settings).restore(restoring, systemClock.now());
    say(`The night of ${dateKey} is served from the backup, as generation ${id}.`);
  },
};
