// Instants, days, times and durations.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  formatDuration,
  formatInstant,
  isDay,
  parseDuration,
  parseInstant,
  parseTimeOfDay,
} from '../../src/base/instant.ts';

describe('an instant', () => {
  test.each([
    ['2018-02-21T23:18:51.3277273Z', '2018-02-21T23:18:51.3277273'],
    ['2018-02-21T23:18:51.3277000Z', '2018-02-21T23:18:51.3277'],
    ['2018-02-21T23:18:51.0000000Z', '2018-02-21T23:18:51'],
    ['2018-02-21T23:18:51.123456789012Z', '2018-02-21T23:18:51.1234567'],
    ['2018-02-21T23:18Z', '2018-02-21T23:18:00'],
    ['2018-02-21t23:18z', '2018-02-21T23:18:00'],
    ['2018-02-21T23:18:51+01:00', '2018-02-21T22:18:51'],
    ['2018-02-21T23:18:51.5-03:30', '2018-02-22T02:48:51.5'],
    ['2020-02-29T00:00:00Z', '2020-02-29T00:00:00'],
    ['2019-12-31T23:30:00-01:00', '2020-01-01T00:30:00'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00'],
    ['0050-06-01T00:00:00Z', '0050-06-01T00:00:00'],
    ['9999-12-31T23:59:59.9999999Z', '9999-12-31T23:59:59.9999999'],
  ])('%s is kept as %s', (text, canonical) => {
    expect(parseInstant(text)).toBe(canonical);
  });

  test.each([
    '2018-02-30T00:00:00Z',
    '2019-02-29T00:00:00Z',
    '2018-13-01T00:00:00Z',
    '2018-00-01T00:00:00Z',
    '2018-01-01T24:00:00Z',
    '2018-01-01T00:60:00Z',
    '2018-01-01T00:00:60Z',
    '2018-01-01T00:00:00',
    '2018-01-01T00:00:00.Z',
    '2018-01-01T00:00:00.1234567890123Z',
    '2018-01-01T00Z',
    '2018-01-01',
    '18-01-01T00:00:00Z',
    '0000-12-31T00:00:00Z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    '2018-01-01T00:00:00+24:00',
    '',
  ])('%p is none', (text) => {
    expect(parseInstant(text)).toBeNull();
  });

  test('is written with Z', () => {
    expect(formatInstant('2018-02-21T23:18:51.3277')).toBe('2018-02-21T23:18:51.3277Z');
  });

  const instants = fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true });

  test('orders as text as it does in time', () => {
    fc.assert(
      fc.property(instants, instants, (a, b) => {
        const canonical = [a, b].map((each) => parseInstant(each.toISOString()) ?? '');
        return (
          Math.sign(+a - +b) === (canonical[0]! < canonical[1]! ? -1 : canonical[0] === canonical[1] ? 0 : 1)
        );
      }),
    );
  });

  test('is the same read with any offset', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: -1439, max: 1439 }), (instant, minutes) => {
        const local = new Date(+instant + minutes * 60_000).toISOString().slice(0, -1);
        fc.pre(/^\d{4}-/.test(local));
        const [hour, minute] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
        const zone = [hour, minute].map((part) => String(part).padStart(2, '0')).join(':');
        expect(parseInstant(`${local}${minutes < 0 ? '-' : '+'}${zone}`)).toBe(
          parseInstant(instant.toISOString()),
        );
      }),
    );
  });
});

describe('a day', () => {
  test.each(['2018-02-28', '2020-02-29', '0001-01-01', '9999-12-31'])('%s is one', (text) => {
    expect(isDay(text)).toBe(true);
  });
  test.each(['2018-02-30', '1900-02-29', '2018-1-1', '0000-01-01', '2018-04-31', 'x'])(
    '%s is none',
    (text) => {
      expect(isDay(text)).toBe(false);
    },
  );
});

test.each([
  ['08:30', '08:30:00'],
  ['08:30:05', '08:30:05'],
  ['08:30:05.1200', '08:30:05.12'],
  ['24:00', null],
  ['8:30', null],
  ['08:60', null],
])('the time of day %s is kept as %s', (text, canonical) => {
  expect(parseTimeOfDay(text)).toBe(canonical);
});

test.each([
  ['P1D', 864_000_000_000n],
  ['PT1H', 36_000_000_000n],
  ['P1DT2H3M4.5S', 937_845_000_000n],
  ['-PT0.0000001S', -1n],
  ['+PT1M', 600_000_000n],
  ['PT90S', 900_000_000n],
  ['P', null],
  ['PT', null],
  ['P1DT', null],
  ['P1H', null],
  ['P1Y', null],
  ['1D', null],
])('the duration %s is %s ticks', (text, ticks) => {
  expect(parseDuration(text)).toBe(ticks);
});

test.each([
  [0n, 'PT0S'],
  [1n, 'PT0.0000001S'],
  [-1n, '-PT0.0000001S'],
  [600_000_000n, 'PT1M'],
  [864_000_000_000n, 'P1D'],
  [-(864_000_000_000n + 36_000_000_000n + 605_000_000n), '-P1DT1H1M0.5S'],
  [3_652_058_863_999_999_999n, 'P4226919DT23H33M19.9999999S'],
])('%s ticks are written %s', (ticks, text) => {
  expect(formatDuration(ticks)).toBe(text);
  expect(parseDuration(text)).toBe(ticks);
});
