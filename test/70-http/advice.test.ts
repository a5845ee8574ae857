// Advice on the wire: a header for everyone on beta, an annotation for those who ask.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeTestWarehouse, startTestFeed, type TestFeed } from './feed.ts';

let warehouse: Awaited<ReturnType<typeof makeTestWarehouse>>;
let feed: TestFeed;

beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  feed = await startTestFeed({ data: warehouse.data });
}, 60_000);
afterAll(async () => {
  await feed.stop();
  warehouse.remove();
});

const HISTORY = '/beta/devicePropertyHistories?$orderby=deviceName&$top=2';

describe('advice beside an answer', () => {
  test('stands in a header on beta, and nothing else changes', async () => {
    const { headers, json } = await feed.get(HISTORY);
    expect(headers.get('fleetfeed-advice')).toBe('no-days, unindexed-sort');
    expect(headers.get('preference-applied')).toBeNull();
    expect(Object.keys(json)).toEqual(['@odata.context', 'value']);
  });

  test('stands before the rows for those who ask, the wish being confirmed', async () => {
    const prefer = 'odata.include-annotations="fleetfeed.*"';
    const { headers, json } = await feed.get(HISTORY, { prefer });
    expect(headers.get('preference-applied')).toBe(prefer);
    expect(Object.keys(json)).toEqual(['@odata.context', '@fleetfeed.advice', 'value']);
    expect(json['@fleetfeed.advice']).toEqual([
      {
        code: 'no-days',
        message: 'devicePropertyHistories is read from its first night to its last.',
        help: expect.stringContaining('maxhistorydays'),
      },
      expect.objectContaining({ code: 'unindexed-sort' }),
    ]);
    expect(json.value).toHaveLength(2);
  });

  test('a good question gets no header and an empty list', async () => {
    const { headers, json } = await feed.get('/beta/deviceTypes', { prefer: 'include-annotations="*"' });
    expect(headers.get('fleetfeed-advice')).toBeNull();
    expect(json['@fleetfeed.advice']).toEqual([]);
  });

  test('v1.0 answers as its contract has it', async () => {
    const { headers, text } = await feed.get('/v1.0/devices', { prefer: 'include-annotations="*"' });
    expect(headers.get('fleetfeed-advice')).toBeNull();
    expect(headers.get('preference-applied')).toBeNull();
    expect(text).not.toContain('fleetfeed.advice');
  });
});
