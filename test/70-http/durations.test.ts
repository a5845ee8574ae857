// Durations in answers: in the format of the standard, sorted and paged by, and with their type.
import { expect, test } from '@jest/globals';
import { parseDuration } from '../../src/base/instant.ts';
import type { TestFeed } from './test-feed.ts';
import { fileFeed } from './file-feed.ts';

const feed = fileFeed();

const AGE =
  '$compute=2026-11-20T00:00:00Z sub lastSyncDateTime as age&$select=deviceKey,lastSyncDateTime,age';

const ticksOf = (age: string | null): bigint | null => (age === null ? null : parseDuration(age));

test('the time between two instants is a column that sorts and continues from page to page', async () => {
  const rows = [];
  for (let next: string | undefined = `/beta/devices?${AGE}&$orderby=age desc`; next !== undefined;) {
    const { status, json }: Awaited<ReturnType<TestFeed['get']>> = await feed.get(next, {
      prefer: 'maxpagesize=7',
    });
    expect(status).toBe(200);
    rows.push(...json.value);
    next = json['@odata.nextLink']?.slice(feed.base.length);
  }
  expect(rows.length).toBe(feed.count('devices'));
  for (const { lastSyncDateTime, age } of rows) {
    const past = Date.parse('2026-11-20T00:00:00Z') - Date.parse(lastSyncDateTime);
    expect(lastSyncDateTime === null ? null : past).toBe(age === null ? null : Number(ticksOf(age)) / 10_000);
  }
  const ages = rows.map(({ age }) => ticksOf(age) ?? -(10n ** 18n));
  expect(ages).toEqual(ages.toSorted((one, other) => Number(other - one)));
});

test('each row says its type, since $metadata does not', async () => {
  const { json } = await feed.get(`/beta/devices?${AGE}&$top=1`);
  expect(json.value[0]).toMatchObject({ 'age@odata.type': '#Duration', age: expect.stringMatching(/^-?P/) });
});

test('groups have a maximum and a minimum, and an average in seconds', async () => {
  const steps = [
    'compute(2026-11-20T00:00:00Z sub lastSyncDateTime as age)',
    'aggregate(age with max as longest,age with min as shortest,totalseconds(age) with average as seconds)',
  ];
  const { status, json } = await feed.get(`/beta/devices?$apply=${steps.join('/')}`);
  expect(status).toBe(200);
  const [{ longest, shortest, seconds }] = json.value;
  const [most, least] = [ticksOf(longest) ?? 0n, ticksOf(shortest) ?? 0n];
  expect(Number(least) / 1e7).toBeLessThanOrEqual(seconds);
  expect(Number(most) / 1e7).toBeGreaterThanOrEqual(seconds);
});
