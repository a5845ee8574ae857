// `npm run bench [-- reading|parser|night] [--devices 50000 --nights 60 --days 10 --rounds 5]`: speed, against others in the same run.
import { parseArgs } from 'node:util';
import { benchRun } from './bench-run.ts';
import { benchParsing } from './bench-parsing.ts';
import { benchReading } from './bench-reading.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    devices: { type: 'string', default: '50000' },
    nights: { type: 'string', default: '60' },
    days: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '5' },
  },
});
const [section] = positionals;
const rounds = Number(values.rounds);

if (section === undefined || section === 'parser') await benchParsing(rounds);
if (section === undefined || section === 'reading') {
  const size = {
    devices: Number(values.devices),
    storedDays: Number(values.nights),
    readDays: Number(values.days),
  };
  await benchReading(size, rounds);
}
// By name only: the tenant has to grow first.
if (section === 'night') await benchRun(Number(values.devices), rounds);
