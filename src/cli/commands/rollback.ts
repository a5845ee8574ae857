// `rollback`: an earlier night is served again, and the next one builds on it.
import { systemClock } from '../../base/clock.ts';
import { FeedError } from '../../base/feed-error.ts';
import { feedEmpty } from '../../base/feed-empty.ts';
import type { Command } from './command.ts';
import { openTenantWarehouse } from '../wiring/tenant-etl.ts';
import { say } from '../process/terminal.ts';

export const rollback: Command = {
  help: 'Serves the night before again, or the generation of --to; status lists those kept.',
  settings: ['data', 'keepGenerations', 'to'],
  run: (settings) => {
    const warehouse = openTenantWarehouse(settings);
    if (!warehouse.current()) throw feedEmpty(settings.data);
    const { id, dateKey } = warehouse.rollback(generationOf(settings.to), systemClock.now());
    say(`The night of ${dateKey} is served again, as generation ${id}.`);
  },
};

function generationOf(to: string | null): number | null {
  if (to === null || /^[1-9]\d{0,8}$/.test(to)) return to === null ? null : Number(to);
  throw new FeedError('setup.bad-setting', `--to must be the number of a generation, not '${to}'.`, {
    target: '--to',
    hint: "'fleetfeed status' lists those there are.",
  });
}
