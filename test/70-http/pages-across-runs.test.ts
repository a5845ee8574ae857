// Pages while new runs are published: they stay on the generation that they began with, or say that it is gone.
import { rmSync } from 'node:fs';
import { setTimeout as passes } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addDays, midnightOf } from '../../src/base/date-key.ts';
import { listGenerations } from '../../src/engines/sqlite/generations/generation-files.ts';
import { TODAY, makeTestWarehouse, startTestFeed, type TestFeed } from './test-feed.ts';
import { growWarehouse } from './grow-warehouse.ts';

const SMALL_PAGES = { prefer: 'odata.maxpagesize=40' };
let warehouse: Awaited<ReturnType<typeof makeTestWarehouse>>;
let feed: TestFeed;
let today = TODAY;

beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  feed = await startTestFeed({ data: warehouse.data }, { now: () => midnightOf(today) });
});
afterAll(async () => {
  await feed.stop();
  warehouse.remove();
});

describe('a paging cursor that crosses midnight', () => {
  test.each([
    '/v1.0/deviceEncryptionStates?$count=true',
    '/v1.0/deviceEncryptionStates?$count=true&maxhistorydays=9',
    '/v1.0/deviceEncryptionStates?$count=true&maxhistorydays=1',
  ])('%s stays on its snapshot and its days, while new requests read the new snapshot day', async (path) => {
    const before = await feed.get(path);
    const first = await feed.get(path, SMALL_PAGES);

    today = addDays(today, 1);
    await growWarehouse(warehouse.data, { devices: 45, dayCount: 1, today });
    await passes(1000);
    const now = await feed.get(path, { 'if-none-match': before.headers.get('etag') ?? '' });
    expect(now.status).toBe(200);
    expect(now.json.value).not.toEqual(before.json.value);

    const rows = [...first.json.value];
    let link = first.json['@odata.nextLink'];
    while (link !== undefined) {
      const { json } = await feed.get(link.replace(feed.base, ''), SMALL_PAGES);
      expect(json['@odata.count']).toBe(before.json['@odata.count']);
      rows.push(...json.value);
      link = json['@odata.nextLink'];
    }
    expect(rows).toEqual(before.json.value);
  });

  test('gets an error that says to start again once its generation is gone', async () => {
    const { json } = await feed.get('/v1.0/dates', SMALL_PAGES);
    const [newest] = listGenerations(warehouse.data);
    rmSync(newest?.path ?? '');
    await passes(1000);
    const gone = await feed.get(json['@odata.nextLink'].replace(feed.base, ''));
    expect([gone.status, gone.json.error.code]).toEqual([410, 'request.generation-gone']);
  });
});
