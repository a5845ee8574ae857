// The run journal in the feed, and what readers see of a rollback.
import { setTimeout as passes } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { openSqliteWarehouse } from '../../src/engines/sqlite/sqlite-warehouse.ts';
import { TODAY } from './test-feed.ts';
import { fileFeed } from './file-feed.ts';

const feed = fileFeed();

/** After the last run. */
const MORNING = new Date('2026-11-20T08:00:00Z');

test('a run leads to its steps, its problems and the calendar, on beta', async () => {
  const { json } = await feed.get(
    '/beta/runs?$orderby=dateKey desc&$top=1&$expand=date,runSteps($orderby=collection),runProblems($count=true)',
  );
  expect(json.value).toHaveLength(1);
  expect(json.value[0]).toMatchObject({
    dateKey: TODAY,
    outcome: 'published',
    generation: 4,
    date: { dateKey: TODAY },
  });
  expect(json.value[0].runSteps).toContainEqual(
    expect.objectContaining({ collection: 'devices', completeness: 'complete', rowsOrphaned: 0 }),
  );
  expect((await feed.get('/v1.0/runs')).status).toBe(404);
});

test('runs by outcome in one request', async () => {
  const { json } = await feed.get('/beta/runs?$apply=groupby((outcome),aggregate($count as runs))');
  expect(json.value).toEqual([expect.objectContaining({ outcome: 'published', runs: 4 })]);
});

test('after a rollback new reads see the day before, and a paging cursor stays on its generation', async () => {
  const path = '/v1.0/devicePropertyHistories?$count=true';
  const small = { prefer: 'odata.maxpagesize=100' };
  const before = await feed.get(path);
  const first = await feed.get(path, small);

  const { id } = openSqliteWarehouse({ dataDir: feed.data, model: MODEL }).rollback(null, MORNING);
  while ((await feed.get('/-/ready')).json.generation !== id) await passes(50);

  const now = await feed.get(path, { 'if-none-match': before.headers.get('etag') ?? '' });
  expect(now.status).toBe(200);
  expect(now.json['@odata.count']).toBeLessThan(before.json['@odata.count']);
  expect((await feed.get('/-/ready')).json.lastRun).toMatchObject({ outcome: 'rollback' });

  const rows = [...first.json.value];
  for (let link = first.json['@odata.nextLink']; link !== undefined;) {
    const { json } = await feed.get(link.replace(feed.base, ''), small);
    rows.push(...json.value);
    link = json['@odata.nextLink'];
  }
  expect(rows).toEqual(before.json.value);
});
