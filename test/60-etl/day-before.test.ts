// Events are counted on the UTC day on which they happened: each once, also at the very midnight between two days.
import { describe, expect, test } from '@jest/globals';
import { dayBefore, isWithin } from '../../etl/transform/day-before.ts';

describe('the day that a run looks back on', () => {
  const days = [20261119, 20261120, 20261121];

  test.each([
    ['2026-11-19T00:00:00', 20261120],
    ['2026-11-19T12:00:00', 20261120],
    ['2026-11-19T23:59:59.9999999', 20261120],
    ['2026-11-20T00:00:00', 20261121],
    ['2026-11-18T23:59:59.9999999', 20261119],
  ])('what happened at %s is counted by the run of %i alone', (instant, counted) => {
    expect(days.filter((day) => isWithin(dayBefore(day), instant))).toEqual([counted]);
  });

  test('what has no instant is counted by no run', () => {
    expect(days.filter((day) => isWithin(dayBefore(day), null))).toEqual([]);
  });
});
