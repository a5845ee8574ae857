// `restore`: serves a backup, in an empty data folder or in place of what is there.
import { statSync } from 'node:fs';
import { systemClock } from '../../base/clock.ts';
import { FeedError } from '../../base/feed-error.ts';
import { checkBackup } from '../../engines/sqlite/transfer/backup.ts';
import { defineCommand } from './command.ts';
import { openTenantWarehouse } from '../wiring/tenant-etl.ts';
import { say } from '../process/terminal.ts';

export const restore = defineCommand({
  operands: { file: { help: 'the file of a backup.', isPath: true } },
  example: 'fleetfeed restore /mnt/backups/generation-000061-20261120.sqlite',
  help: 'Serves a backup. If what is served now is as new or newer, only with --force.',
  settings: ['data', 'keepGenerations'],
  switches: { force: 'Also replaces what is as new as the backup or newer.' },
  run: async (settings, { file, force }) => {
    requireFile(file);
    await checkBackup(file);
    const { id, dateKey } = openTenantWarehouse(settings).restore({ file, force }, systemClock.now());
    say(`The snapshot of ${dateKey} is served from the backup, as generation ${id}.`);
  },
});

function requireFile(file: string): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isFile()) return;
  throw stats?.isDirectory()
    ? new FeedError('setup.bad-setting', `'${file}' is a folder.`, { hint: 'Name the .sqlite file in it.' })
    : new FeedError('setup.bad-setting', `There is no file '${file}'.`);
}
