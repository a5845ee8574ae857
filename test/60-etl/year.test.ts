// Nights over 29 February and the end of a month, with all that may befall them; `npm run year` lives through a whole year.
import { expect, test } from '@jest/globals';
import { liveNights, type Lived } from '../year/live-nights.ts';
import { MISHAPS } from '../year/mishaps.ts';

test('no night of a living tenant breaks what must hold, whatever befalls it', async () => {
  const befalling = MISHAPS.values();
  const lived: Lived[] = [];
  await liveNights({
    devices: 50,
    firstNight: 20280223,
    nights: MISHAPS.length + 2,
    mishapOf: () => befalling.next().value ?? 'none',
    onNight: (night) => lived.push(night),
  });
  expect(lived.flatMap(({ night, broken }) => broken.map((words) => `${night}: ${words}`))).toEqual([]);
  expect(lived.map(({ mishap }) => mishap)).toEqual(['none', ...MISHAPS, 'none']);
  expect(lived.map(({ night }) => night)).toContain(20280229);
  expect(lived.at(-1)?.night).toBe(20280303);
}, 120_000);
