// The filters that the vendor documents, as written there, on the day of its examples.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fixedClock } from '../../src/base/clock.ts';
import { startTestFeed, type TestFeed } from '../70-http/test-feed.ts';
import { growWarehouse } from '../70-http/grow-warehouse.ts';
import { pull } from './pull.ts';

const TODAY = 20180221;
const data = mkdtempSync(join(tmpdir(), 'fleetfeed-filters-'));
let feed: TestFeed;

beforeAll(async () => {
  await growWarehouse(data, { devices: 30, dayCount: 12, today: TODAY });
  feed = await startTestFeed({ data }, fixedClock(new Date('2018-02-21T15:00:00Z')));
});
afterAll(async () => {
  await feed.stop();
  rmSync(data, { recursive: true });
});

/** The first and last day of the rows, and how many days there are. */
async function daysOf(path: string): Promise<readonly [number, number, number]> {
  const { rows } = await pull(feed, path);
  const days = [...new Set(rows.map(({ dateKey }) => Number(dateKey)))];
  return [Math.min(...days), Math.max(...days), days.length];
}

describe.each(['devicePropertyHistories', 'policyTypeActivities', 'dates'])('on %s', (collection) => {
  test.each([
    ['maxhistorydays=7', 20180214, 20180221, 8],
    ['MaxHistoryDays=7', 20180214, 20180221, 8],
    ['$filter=DateKey eq 20180214', 20180214, 20180214, 1],
    ['$filter=DateKey ge 20180214 and DateKey lt 20180221', 20180214, 20180220, 7],
    ['maxhistorydays=7&$filter=DateKey eq 20180212', 20180212, 20180212, 1],
    ['$filter=(20180214 LE datekey) AND (DATEKEY LT 20180216)', 20180214, 20180215, 2],
    ['maxhistorydays=0', 20180221, 20180221, 1],
  ])('%s gives the days from %i to %i', async (options, first, last, days) => {
    expect(await daysOf(`/v1.0/${collection}?${options}`)).toEqual([first, last, days]);
  });
});

describe('on a collection without a day in its key', () => {
  test('maxhistorydays changes nothing', async () => {
    const all = await pull(feed, '/v1.0/devices');
    const some = await pull(feed, '/v1.0/devices?maxhistorydays=1');
    expect(some.rows).toEqual(all.rows);
  });

  test('rowLastModifiedDateTimeUTC parts the rows at an instant of seven digits', async () => {
    const at = '2018-02-19T23:18:51.3277273Z';
    const all = await pull(feed, '/v1.0/users');
    const since = await pull(feed, `/v1.0/users?$filter=RowLastModifiedDateTimeUTC ge ${at}`);
    const before = await pull(feed, `/v1.0/users?$filter=RowLastModifiedDateTimeUTC lt ${at}`);
    const byKey = [...since.rows, ...before.rows].sort((a, b) => Number(a.userKey) - Number(b.userKey));
    expect(byKey).toEqual(all.rows);
    expect(before.rows.length).toBeGreaterThan(0);
    expect(since.rows.every((row) => String(row.rowLastModifiedDateTimeUTC) >= at)).toBe(true);
  });
});
