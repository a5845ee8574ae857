// Metrics: what the feed has done since it started, and nothing about its readers.
import { setTimeout as passes } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeKey } from '../../src/auth/api-key.ts';
import { openKeyFile } from '../../src/auth/key-file.ts';
import { midnightOf } from '../../src/base/date-key.ts';
import { makeTestWarehouse, startTestFeed, TODAY, type TestFeed } from './test-feed.ts';

let warehouse: Awaited<ReturnType<typeof makeTestWarehouse>>;
let feed: TestFeed;
const createdAt = midnightOf(TODAY);
const keys = new Map(
  ['reader', 'auditor', 'analyst', 'operator'].map((role) => [
    role,
    makeKey({ label: role, role, createdAt, expiresAt: null }),
  ]),
);
const as = (role: string): Record<string, string> => ({
  authorization: `Bearer ${keys.get(role)?.text ?? ''}`,
});

beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  openKeyFile(warehouse.data).write([...keys.values()].map(({ stored }) => stored));
  feed = await startTestFeed({ data: warehouse.data, anonymous: 'never' });
});
afterAll(async () => {
  await feed.stop();
  warehouse.remove();
});

/** Name with labels → value. */
async function metrics(): Promise<ReadonlyMap<string, number>> {
  const { status, text } = await feed.get('/-/metrics', as('operator'));
  expect(status).toBe(200);
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => [
      line.slice(0, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' ') + 1)),
    ]),
  );
}

/** A client has its answer a moment before the server counts it. */
async function soon(name: string, value: number): Promise<void> {
  for (let tries = 0; tries < 100 && (await metrics()).get(name) !== value; tries += 1) await passes(10);
  expect([name, (await metrics()).get(name)]).toEqual([name, value]);
}

test('answers and refusals are counted by status and code, and rows and bytes in total', async () => {
  const read = await feed.get('/beta/devices?$top=7', as('reader'));
  expect(read.status).toBe(200);
  for (const path of ['/beta/devices?$filter=nothing eq 1', '/beta/devices?$filter=more eq 1']) {
    expect((await feed.get(path, as('reader'))).status).toBe(400);
  }
  expect((await feed.get('/beta/devices')).status).toBe(401);
  await soon('fleetfeed_requests_total{status="400",code="request.unknown-property"}', 2);
  await soon('fleetfeed_requests_total{status="401",code="auth.required"}', 1);
  const counted = await metrics();
  expect(counted.get('fleetfeed_rows_sent_total')).toBe(7);
  expect(counted.get('fleetfeed_bytes_sent_total')).toBeGreaterThan(read.text.length);
  expect(counted.get('fleetfeed_thread_seconds_total')).toBeGreaterThan(0);
  expect(counted.get('fleetfeed_request_duration_seconds_count')).toBeGreaterThan(3);
  expect(counted.get('process_resident_memory_bytes')).toBeGreaterThan(1e6);
});

test('the time of the served generation is a metric, so that an alarm can compute its age', async () => {
  const { json } = await feed.get('/-/ready');
  const counted = await metrics();
  expect(counted.get('fleetfeed_generation')).toBe(json.generation);
  expect(counted.get('fleetfeed_snapshot_timestamp_seconds')).toBe(Date.parse(json.publishedAt) / 1000);
});

test.each([
  ['operator', 200],
  ['analyst', 200],
  ['reader', 403],
  ['auditor', 403],
  ['nobody', 401],
])('%s gets %i', async (role, status) => {
  const got = await feed.get('/-/metrics', as(role));
  expect(got.status).toBe(status);
  if (status !== 403) return;
  expect(got.json.error).toMatchObject({
    code: 'auth.forbidden',
    message: expect.stringContaining(`The role '${role}' may not read metrics.`),
  });
});

test('no label holds what a client sent', async () => {
  await feed.get('/beta/adelevance?adelevance=adelevance', { ...as('reader'), 'user-agent': 'adelevance' });
  await feed.get('/beta/devices', as('reader'), 'ADELEVANCE').catch(() => null);
  await soon('fleetfeed_requests_total{status="404",code="request.unknown-resource"}', 1);
  const { text } = await feed.get('/-/metrics', as('operator'));
  expect(text.toLowerCase()).not.toContain('adelevance');
  expect(text).not.toContain('key:');
});
