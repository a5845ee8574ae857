// The nightly clock runs for real, each second instead of each midnight.
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { scheduleNights } from '../../etl/schedule.ts';
import type { Observation } from '../../src/base/observation.ts';

const EVERY_SECOND = '* * * * * *';

describe('scheduleNights', () => {
  test('says when the next night is: midnight UTC', () => {
    const observations: Observation[] = [];
    const schedule = scheduleNights({
      night: () => Promise.resolve(),
      observe: (observation) => observations.push(observation),
    });
    schedule.stop();
    expect(observations).toEqual([
      { kind: 'schedule.next', at: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T00:00:00\.000Z$/) },
    ]);
  });

  test('goes on after a night that failed, and tells of it', async () => {
    const observations: Observation[] = [];
    let nights = 0;
    const twice = new Promise<void>((resolve) => {
      const schedule = scheduleNights({
        pattern: EVERY_SECOND,
        night: () => {
          nights += 1;
          if (nights === 1) return Promise.reject(new Error('No network.'));
          schedule.stop();
          resolve();
          return Promise.resolve();
        },
        observe: (observation) => observations.push(observation),
      });
    });
    await twice;
    expect(observations).toContainEqual({
      kind: 'night.problem',
      run: 'schedule',
      source: 'schedule',
      message: 'The scheduled night failed: No network.',
    });
  });

  test('never runs two nights at once, and none after it was stopped', async () => {
    let [running, most, started] = [0, 0, 0];
    const schedule = scheduleNights({
      pattern: EVERY_SECOND,
      night: async () => {
        started += 1;
        running += 1;
        most = Math.max(most, running);
        await wait(1500);
        running -= 1;
      },
      observe: () => undefined,
    });
    await wait(2600);
    schedule.stop();
    const before = started;
    expect(most).toBe(1);
    expect(before).toBeGreaterThan(0);
    await wait(1200);
    expect(started).toBe(before);
  });
});
