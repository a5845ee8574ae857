// `rollback`: serves an earlier generation again; the next run builds on it.
import { systemClock } from '../../base/clock.ts';
import { feedEmpty } from '../../base/feed-empty.ts';
import { listGenerations } from '../../engines/sqlite/generations/generation-files.ts';
import { optionalWholeNumber } from '../../settings/setting.ts';
import { defineCommand } from './command.ts';
import { openTenantWarehouse } from '../wiring/tenant-etl.ts';
import { say } from '../process/terminal.ts';

export const rollback = defineCommand({
  help: 'Serves an earlier generation again; status lists those there are.',
  settings: ['data', 'keepGenerations'],
  options: {
    to: optionalWholeNumber(1, 999_999_999, 'The generation to serve; by default the one before.'),
  },
  run: (settings, { to }) => {
    // To open a warehouse makes its folder.
    if (listGenerations(settings.data).length === 0) throw feedEmpty(settings.data);
    const { id, dateKey } = openTenantWarehouse(settings).rollback(to, systemClock.now());
    say(`The snapshot of ${dateKey} is served again, as generation ${id}.`);
  },
});
