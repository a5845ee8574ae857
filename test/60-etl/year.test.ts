// Nights over the end of a month, each held against the one before it; `npm run year` lives through a whole year.
import { expect, test } from '@jest/globals';
import { liveNights } from '../year/live-nights.ts';

test('no night of a living tenant breaks what must hold between nights', async () => {
  const broken: string[] = [];
  const nights: number[] = [];
  await liveNights({
    devices: 50,
    firstNight: 20260130,
    nights: 5,
    onNight: (lived) => {
      nights.push(lived.night);
      broken.push(...lived.broken.map((words) => `${lived.night}: ${words}`));
    },
  });
  expect(broken).toEqual([]);
  expect([nights.at(0), nights.at(-1)]).toEqual([20260130, 20260203]);
}, 120_000);
