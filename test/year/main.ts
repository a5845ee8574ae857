// `npm run year [-- --devices 2000 --nights 365]`: every night of a year, held against the one before it.
import { parseArgs } from 'node:util';
import { liveNights } from './live-nights.ts';

const { values } = parseArgs({
  options: { devices: { type: 'string', default: '2000' }, nights: { type: 'string', default: '365' } },
});
const devices = Number(values.devices);

const began = performance.now();
let first = 0;
await liveNights({
  devices,
  firstNight: 20251121,
  nights: Number(values.nights),
  onNight: ({ night, done, bytes, broken }) => {
    if (broken.length > 0) throw new Error(`The night of ${night}: ${broken.join('; ')}.`);
    if (done === 1) first = bytes;
    if (done % 30 !== 0 && done !== Number(values.nights)) return;
    const growth = done === 1 ? 0 : (bytes - first) / ((done - 1) * devices);
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    process.stdout.write(
      `${done} nights in ${seconds} s, nothing broken: ${(bytes / 1e6).toFixed(1)} MB, ${growth.toFixed(1)} bytes a device and day\n`,
    );
  },
});
