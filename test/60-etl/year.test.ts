// Runs over 29 February and the end of a month, with every kind of incident; `npm run year` simulates a whole year.
import { expect, test } from '@jest/globals';
import { simulateDays, type SimulatedDay } from '../year/simulate-days.ts';
import { INCIDENTS } from '../year/incidents.ts';

test('no run of a changing tenant breaks a rule, whatever incident it meets', async () => {
  const befalling = INCIDENTS.values();
  const lived: SimulatedDay[] = [];
  await simulateDays({
    devices: 50,
    firstDay: 20280223,
    days: INCIDENTS.length + 2,
    incidentOf: () => befalling.next().value ?? 'none',
    onDay: (night) => lived.push(night),
  });
  expect(lived.flatMap(({ day: night, broken }) => broken.map((words) => `${night}: ${words}`))).toEqual([]);
  expect(lived.map(({ incident: mishap }) => mishap)).toEqual(['none', ...INCIDENTS, 'none']);
  expect(lived.map(({ day: night }) => night)).toContain(20280229);
  expect(lived.at(-1)?.day).toBe(20280303);
}, 120_000);
