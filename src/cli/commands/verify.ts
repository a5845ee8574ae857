// `verify`: checks the integrity of the newest generation, or of all.
import { MODEL } from '../../../schema/fleetfeed-model.ts';
import { feedEmpty } from '../../base/feed-empty.ts';
import { verifyIntegrity } from '../../engines/sqlite/verify/verify-integrity.ts';
import {
  listGenerationFiles,
  type GenerationFile,
} from '../../engines/sqlite/generations/generation-files.ts';
import { defineCommand } from './command.ts';
import { rowSummary } from '../text/row-summary.ts';
import { print, say } from '../process/terminal.ts';

export const verify = defineCommand({
  help: 'Checks every day of the newest generation: pages, keys, references, validity intervals; ends with 1 if one is broken.',
  settings: ['data'],
  switches: { all: 'Checks every generation.' },
  run: ({ data }, { all }) => {
    const files = listGenerationFiles(data);
    const [newest] = files;
    if (!newest) throw feedEmpty(data);
    const faulty = (all ? files : [newest]).filter((file) => !reportGeneration(file));
    if (faulty.length === 0) return;
    process.exitCode = 1;
    say("'fleetfeed rollback' serves an earlier generation again, 'fleetfeed restore' a backup.");
  },
});

function reportGeneration({ id, dateKey, path }: GenerationFile): boolean {
  const { findings, rows } = verifyIntegrity(path, MODEL);
  const name = `Generation ${id} of ${dateKey}`;
  const summary = findings.length === 0 ? rowSummary(rows && Object.fromEntries(rows)) : 'broken';
  print([`${name}: ${summary}.`, ...findings.map(({ message }) => `    ${message}`)].join('\n'));
  return findings.length === 0;
}
