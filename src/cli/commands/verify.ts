// `verify`: whether what is served, or all that is kept, is whole.
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
  help: 'Examines the newest generation, every day of it: pages, keys, references, spans; ends with 1 when it is not whole.',
  settings: ['data'],
  switches: { all: 'Examines every generation that is kept.' },
  run: ({ data }, { all }) => {
    const files = listGenerationFiles(data);
    const [newest] = files;
    if (!newest) throw feedEmpty(data);
    const faulty = (all ? files : [newest]).filter((file) => !reportGeneration(file));
    if (faulty.length === 0) return;
    process.exitCode = 1;
    say('fleetfeed rollback serves the night before again, fleetfeed restore a backup.');
  },
});

function reportGeneration({ id, dateKey, path }: GenerationFile): boolean {
  const { findings, rows } = verifyIntegrity(path, MODEL);
  const name = `Generation ${id} of ${dateKey}`;
  const summary = findings.length === 0 ? rowSummary(rows && Object.fromEntries(rows)) : 'not whole';
  print([`${name}: ${summary}.`, ...findings.map(({ message }) => `    ${message}`)].join('\n'));
  return findings.length === 0;
}
