// `rollback`: an earlier night is served again, and the next one builds on it.
import { systemClock } from '../../base/clock.ts';
import { feedEmpty } from '../../base/feed-empty.ts';
import { optionalWholeNumber } from '../../settings/setting.ts';
import { defineCommand } from './command.ts';
import { openTenantWarehouse } from '../wiring/tenant-etl.ts';
import { say } from '../process/terminal.ts';

export const rollback = defineCommand({
  help: 'Serves the night before again, or the generation of --to; status lists those kept.',
  settings: ['data', 'keepGenerations'],
  options: {
    to: optionalWholeNumber(
      1,
      999_999_999,
      'The generation to serve; by default the newest of an earlier run.',
    ),
  },
  run: (settings, { to }) => {
    const warehouse = openTenantWarehouse(settings);
    if (!warehouse.current()) throw feedEmpty(settings.data);
    const { id, dateKey } = warehouse.rollback(to, systemClock.now());
    say(`The night of ${dateKey} is served again, as generation ${id}.`);
  },
});
