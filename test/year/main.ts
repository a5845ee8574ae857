// `npm run year [-- --devices 2000 --nights 365]`: simulates a year, and checks each day against the rules and the day before.
import { parseArgs } from 'node:util';
import { simulateDays } from './simulate-days.ts';
import { incidentOf } from './incidents.ts';

const { values } = parseArgs({
  options: { devices: { type: 'string', default: '2000' }, nights: { type: 'string', default: '365' } },
});
const devices = Number(values.devices);
const days = Number(values.nights);

const startedAt = performance.now();
let first = 0;
let quiet: number[] = [];
const unlucky = new Map<string, number>();
await simulateDays({
  devices,
  // Of a leap year: 29 February is among the days.
  firstDay: 20270701,
  days,
  incidentOf,
  onDay: ({ day, done, incident, milliseconds, bytes, broken }) => {
    if (broken.length > 0) throw new Error(`The run of ${day} (${incident}): ${broken.join('; ')}.`);
    if (done === 1) first = bytes;
    if (incident === 'none') quiet.push(milliseconds);
    else unlucky.set(incident, (unlucky.get(incident) ?? 0) + 1);
    if (done % 30 !== 0 && done !== days) return;
    const growth = done === 1 ? 0 : (bytes - first) / ((done - 1) * devices);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    const median = quiet.toSorted((a, b) => a - b)[Math.floor(quiet.length / 2)] ?? 0;
    process.stdout.write(
      `${done} days in ${seconds} s, nothing broken: ${median.toFixed(0)} ms a run, ` +
        `${(bytes / 1e6).toFixed(1)} MB, ${growth.toFixed(1)} bytes a device and day\n`,
    );
    quiet = [];
  },
});
process.stdout.write(`${[...unlucky].map(([incident, times]) => `${incident}: ${times}`).join(', ')}\n`);
