// `npm run crash [-- --kills 300]`: kills runs at random moments, and fails where a kill broke something.
import { parseArgs } from 'node:util';
import { killRuns } from './kill-runs.ts';

const { values } = parseArgs({ options: { kills: { type: 'string', default: '300' } } });
const kills = Number(values.kills);

const { journalled, published } = await killRuns({
  kills,
  killsPerRun: 6,
  onKill: (done) => {
    if (done % 25 === 0) process.stdout.write(`${done} of ${kills} kills, nothing lost\n`);
  },
});
process.stdout.write(
  `${kills} kills: ${journalled} left a run in the journal, ${published} came after the publication.\n`,
);
