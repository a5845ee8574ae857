// asOf and history over HTTP, held against all rows of the collections they look into.
import { describe, expect, test } from '@jest/globals';
import { boundFunctionsOf } from '../../schema/derive/bound-functions.ts';
import { deriveExposedModel } from '../../schema/derive/exposed-model.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { fileFeed } from './file-feed.ts';

interface Row {
  readonly dateKey: number;
  readonly deviceKey: number;
  readonly userKey: number;
  readonly startDateKey: number;
  readonly endDateExclusiveUTC: string;
}

// Days from 17 to 20 November 2026.
const feed = fileFeed();

const rowsOf = async (path: string): Promise<readonly Row[]> => {
  const { status, json } = await feed.get(`/beta/${path}`);
  expect([path, status]).toEqual([path, 200]);
  return json.value;
};
const beta = deriveExposedModel(MODEL, 'beta');
const offering = (name: string) =>
  [...beta.entitySets.values()].filter((each) =>
    boundFunctionsOf(beta, each).some((own) => own.name === name),
  );

describe('asOf', () => {
  test.each([
    [20261118, 20261118],
    [20261120, 20261120],
    [20271224, 20261120],
    [20261116, null],
  ])('of snapshot days on %i answers those of %s', async (day, expectedDay) => {
    for (const { entity } of offering('asOf').filter(({ entity: { lifetime } }) => lifetime === 'daily')) {
      const all = await rowsOf(entity.name);
      const rows = await rowsOf(`${entity.name}/asOf(dateKey=${day})`);
      expect(rows).toEqual(all.filter(({ dateKey }) => dateKey === expectedDay));
    }
  });

  test.each([20261116, 20261117, 20261119, 20261120, 20271224])(
    'of states on %i answers those that held then',
    async (day) => {
      const midnight = String(day).replace(/^(....)(..)(..)$/, '$1-$2-$3T00:00:00Z');
      const held = (await rowsOf('userHistories')).filter(
        (row) => row.startDateKey <= day && row.endDateExclusiveUTC > midnight,
      );
      expect(await rowsOf(`userHistories/asOf(dateKey=${day})`)).toEqual(held);
      const people = held.map(({ userKey }) => userKey);
      expect(new Set(people).size).toBe(people.length);
    },
  );

  test('combines with filter, select, order, paging and count', async () => {
    const path = '/beta/devicePropertyHistories/asOf(dateKey=20261119)';
    const options = '?$filter=deviceKey gt 10&$orderby=deviceName desc&$select=deviceKey,dateKey&$count=true';
    const whole = (await feed.get(path + options)).json;
    const first = (await feed.get(path + options, { prefer: 'maxpagesize=7' })).json;
    const next = (await feed.get(first['@odata.nextLink'].replace(feed.base, ''))).json;
    expect(whole['@odata.count']).toBe(whole.value.length);
    expect([...first.value, ...next.value]).toEqual(whole.value);
    const { text } = await feed.get(`${path}/$count?$filter=deviceKey gt 10`);
    expect(Number(text)).toBe(whole.value.length);
    expect(whole['@odata.context']).toMatch(/\/beta\/\$metadata#devicePropertyHistories\(/);
  });
});

describe('history', () => {
  test('of a device has its days in the range, both ends included', async () => {
    const own = (await rowsOf('devicePropertyHistories')).filter(({ deviceKey }) => deviceKey === 7);
    expect(own.length).toBeGreaterThan(2);
    const rows = await rowsOf('devices(7)/history(from=20261118,to=20261119)');
    expect(rows).toEqual(own.filter(({ dateKey }) => dateKey >= 20261118 && dateKey <= 20261119));
    expect(await rowsOf('devices(7)/history(from=20250101,to=20271231)')).toEqual(own);
    expect(await rowsOf('devices(7)/history(from=20250101,to=20250101)')).toEqual([]);
  });

  test('of a user has the states that were valid on a day of the range', async () => {
    for (const { userKey } of await rowsOf('users?$filter=userKey gt 0')) {
      const own = await rowsOf(`users(${userKey})/userHistories`);
      const rows = await rowsOf(`users(${userKey})/history(from=20261118,to=20261119)`);
      const held = own.filter(
        (row) => row.startDateKey <= 20261119 && row.endDateExclusiveUTC > '2026-11-18T00:00:00Z',
      );
      expect(rows).toEqual(held);
    }
  });

  test('of a row that does not exist is 404, and on v1.0 it says that beta has it', async () => {
    const call = 'history(from=20261118,to=20261119)';
    expect((await feed.get(`/beta/devices(123456)/${call}`)).status).toBe(404);
    const { status, json } = await feed.get(`/v1.0/devices(7)/${call}`);
    expect([status, json.error.message]).toEqual([400, expect.stringContaining('not part of v1.0')]);
  });
});
