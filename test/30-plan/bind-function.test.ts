// Functions in a path: which rows of the past they mean, and what is said of wrong calls.
import { describe, expect, test } from '@jest/globals';
import { planOf, showCondition } from './plan-of.ts';

describe('a function in a path', () => {
  test.each([
    [
      '/devicePropertyHistories/asOf(dateKey=20261001)',
      'devicePropertyHistories',
      'asOf(devicePropertyHistories, 20261001)',
    ],
    ['/userHistories/ASOF(dateKey=20261001)', 'userHistories', 'asOf(userHistories, 20261001)'],
    ['/userHistories/asOf(dateKey=@day)?@day=20261001', 'userHistories', 'asOf(userHistories, 20261001)'],
    [
      '/devices(7)/devicePropertyHistories/asOf(dateKey=20261001)',
      'devicePropertyHistories',
      'all(deviceKey as deviceKey of devices where deviceKey eq 7, asOf(devicePropertyHistories, 20261001))',
    ],
    [
      '/devices(7)/history(to=20261120,from=20261001)',
      'devicePropertyHistories',
      'all(deviceKey as deviceKey of devices where deviceKey eq 7, dateKey ge 20261001, dateKey le 20261120)',
    ],
    [
      '/users(7)/history(from=20261001,to=20261120)?$filter=isDeleted',
      'userHistories',
      "all(userKey as userKey of users where userKey eq 7, startDateKey le 20261120, endDateExclusiveUTC gt '2026-10-01T00:00:00', isDeleted)",
    ],
  ])('%s', (address, name, where) => {
    const plan = planOf(address);
    expect(plan).toMatchObject({ shape: 'page', entity: { name } });
    expect(showCondition(plan.where)).toBe(where);
  });

  test('is called with its namespace and without', () => {
    const [bare, whole] = ['asOf', 'Fleetfeed.asOf'].map((name) =>
      planOf(`/userHistories/${name}(dateKey=20261001)`),
    );
    expect(whole).toEqual(bare);
  });

  test('goes on to a count, and remembers the row it starts at', () => {
    const plan = planOf('/devices(7)/history(from=20261001,to=20261120)/$count');
    expect(plan).toMatchObject({ shape: 'count', navigationOrigin: { entity: { name: 'devices' } } });
  });

  const HISTORIES = '/devicePropertyHistories';
  test.each([
    [`${HISTORIES}/asOf`, 'asOf takes dateKey.'],
    [`${HISTORIES}/asOf()`, 'asOf takes dateKey.'],
    [`${HISTORIES}/asOf(20261001)`, 'asOf takes dateKey.'],
    [`${HISTORIES}/asOf(day=20261001)`, 'asOf takes dateKey.'],
    [`${HISTORIES}/asOf(dateKey=20261001,x=1)`, "asOf takes no 'x'."],
    [`${HISTORIES}/asOf(dateKey=20261001,dateKey=20261002)`, 'asOf takes each value once.'],
    [`${HISTORIES}/asOf(dateKey=20261340)`, '20261340 is not a day of the calendar'],
    [`${HISTORIES}/asOf(dateKey='20261001')`, "'20261001' is not a day of the calendar"],
    [`${HISTORIES}/asOf(dateKey=99999999999999999999)`, 'is not a day of the calendar'],
    [`${HISTORIES}(dateKey=20261001,deviceKey=7)/asOf(dateKey=20261001)`, 'asOf needs a collection.'],
    ['/devices/history(from=20261001,to=20261120)', 'history needs one row.'],
    ['/devices(7)/history(from=20261120,to=20261001)', '20261120 is after 20261001.'],
  ])('%s is refused: %s', (address, message) => {
    const right = { code: 'request.malformed-url', hint: expect.stringMatching(/^As in \S+\.$/) };
    expect(() => planOf(address)).toThrow(expect.objectContaining(right));
    expect(() => planOf(address)).toThrow(message);
  });

  test.each([
    ['/devices/asOf(dateKey=20261001)', 'request.unknown-resource'],
    ['/deviceTypes(1)/history(from=20261001,to=20261120)', 'request.unknown-resource'],
    [`${HISTORIES}/Other.asOf(dateKey=20261001)`, 'request.unknown-resource'],
  ])('%s is nothing that there is', (address, code) => {
    expect(() => planOf(address)).toThrow(expect.objectContaining({ code }));
  });

  test('v1.0 points at beta', () => {
    const right = { code: 'request.not-in-v1', hint: expect.stringContaining('/beta/devices(key)/history(') };
    expect(() => planOf('/devices(7)/history(from=20261001,to=20261120)', { version: 'v1.0' })).toThrow(
      expect.objectContaining(right),
    );
  });
});
