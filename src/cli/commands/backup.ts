// `backup`: copies what is served into one file, to keep elsewhere.
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { MODEL } from '../../../schema/fleetfeed-model.ts';
import { feedEmpty } from '../../base/feed-empty.ts';
import { backUp } from '../../engines/sqlite/transfer/backup.ts';
import { listGenerations } from '../../engines/sqlite/generations/generation-files.ts';
import { defineCommand } from './command.ts';
import { rowSummary } from '../text/row-summary.ts';
import { say } from '../process/terminal.ts';

export const backup = defineCommand({
  operands: {
    place: {
      help: 'the file to write, or a folder: an existing one, or a path that ends in /.',
      isPath: true,
    },
  },
  example: 'fleetfeed backup /mnt/backups/',
  help: 'Copies what is served into a verified file with a manifest, also while serve is running.',
  settings: ['data'],
  run: async ({ data }, { place }) => {
    const [newest] = listGenerations(data);
    if (!newest) throw feedEmpty(data);
    const isFolder = place.endsWith('/') || (existsSync(place) && statSync(place).isDirectory());
    const file = isFolder ? join(place, basename(newest.path)) : place;
    // It holds personal data: nobody else may read a folder that is made for it.
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const { bytes, rows } = await backUp(newest, file, MODEL);
    const size = `${(bytes / 1e6).toFixed(1)} MB`;
    say(
      `Generation ${newest.id}, the snapshot of ${newest.dateKey}, is in '${file}': ${size}, ${rowSummary(rows)}.`,
    );
  },
});
