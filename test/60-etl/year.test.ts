// Runs over 29 February and the end of a month, with every kind of incident; `npm run year` simulates a whole year.
import { expect, test } from '@jest/globals';
import { simulateDays, type SimulatedDay } from '../year/simulate-days.ts';
import { INCIDENTS } from '../year/incidents.ts';

test('no run of a changing tenant breaks a rule, whatever incident there is', async () => {
  const befalling = INCIDENTS.values();
  const simulated: SimulatedDay[] = [];
  await simulateDays({
    devices: 50,
    firstDay: 20280223,
    days: INCIDENTS.length + 2,
    incidentOf: () => befalling.next().value ?? 'none',
    onDay: (day) => simulated.push(day),
  });
  expect(simulated.flatMap(({ day, broken }) => broken.map((words) => `${day}: ${words}`))).toEqual([]);
  expect(simulated.map(({ incident }) => incident)).toEqual(['none', ...INCIDENTS, 'none']);
  expect(simulated.map(({ day }) => day)).toContain(20280229);
  expect(simulated.at(-1)?.day).toBe(20280303);
}, 120_000);
