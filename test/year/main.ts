// `npm run year [-- --devices 2000 --nights 365]`: every night of a year, held against the rules and the one before it.
import { parseArgs } from 'node:util';
import { simulateDays } from './simulate-days.ts';
import { incidentOf } from './incidents.ts';

const { values } = parseArgs({
  options: { devices: { type: 'string', default: '2000' }, nights: { type: 'string', default: '365' } },
});
const devices = Number(values.devices);
const nights = Number(values.nights);

const began = performance.now();
let first = 0;
let quiet: number[] = [];
const unlucky = new Map<string, number>();
await simulateDays({
  devices,
  // Of a leap year: 29 February is among the nights.
  firstDay: 20270701,
  days: nights,
  incidentOf,
  onDay: ({ day: night, done, incident: mishap, milliseconds, bytes, broken }) => {
    if (broken.length > 0) throw new Error(`The night of ${night} (${mishap}): ${broken.join('; ')}.`);
    if (done === 1) first = bytes;
    if (mishap === 'none') quiet.push(milliseconds);
    else unlucky.set(mishap, (unlucky.get(mishap) ?? 0) + 1);
    if (done % 30 !== 0 && done !== nights) return;
    const growth = done === 1 ? 0 : (bytes - first) / ((done - 1) * devices);
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    const median = quiet.toSorted((a, b) => a - b)[Math.floor(quiet.length / 2)] ?? 0;
    process.stdout.write(
      `${done} nights in ${seconds} s, nothing broken: ${median.toFixed(0)} ms a night, ` +
        `${(bytes / 1e6).toFixed(1)} MB, ${growth.toFixed(1)} bytes a device and day\n`,
    );
    quiet = [];
  },
});
process.stdout.write(`${[...unlucky].map(([mishap, times]) => `${mishap}: ${times}`).join(', ')}\n`);
