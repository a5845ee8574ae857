// Each fault does what it says, as often as configured, and then the right answer comes.
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import {
  startGraphEmulator,
  type GraphEmulator,
} from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { callerOf, type Caller } from './graph-caller.ts';

const DEVICES = '/beta/deviceManagement/managedDevices';
const requests: string[] = [];
let emulator: GraphEmulator;
let graph: Caller;

beforeAll(async () => {
  emulator = await startGraphEmulator({
    tenant: makeTenant({ seed: 1, devices: 60, firstDateKey: 20261101 }),
    pageRows: 20,
    onRequest: (method, url, status) => requests.push(`${method} ${url} ${status}`),
  });
});
beforeEach(async () => {
  emulator.faults.clear();
  graph = await callerOf(emulator);
});
afterAll(() => emulator.close());

test.each([
  ['429', 429, 'TooManyRequests'],
  ['throttled-500', 500, 'InternalServerError'],
  ['503', 503, 'UnknownError'],
  ['504', 504, 'UnknownError'],
  ['forbidden', 403, 'Forbidden'],
  ['missing-segment', 400, 'BadRequest'],
  ['expired-page-token', 400, 'Directory_ExpiredPageToken'],
] as const)('%s', async (answer, status, code) => {
  emulator.faults.add({ match: 'managedDevices', answer, times: 2 });
  for (let time = 0; time < 2; time++) {
    const reply = await graph.get(DEVICES);
    expect(reply.status).toBe(status);
    expect(reply.json.error.code).toBe(code);
  }
  expect((await graph.get(DEVICES)).status).toBe(200);
});

test('Retry-After is sent as written, or not at all', async () => {
  emulator.faults.add({ match: /managedDevices/, answer: '429', retryAfter: '2.128' });
  emulator.faults.add({ match: /managedDevices/, answer: '429' });
  expect((await graph.get(DEVICES)).headers.get('retry-after')).toBe('2.128');
  expect((await graph.get(DEVICES)).headers.get('retry-after')).toBeNull();
});

test('a fault affects only requests that match, and only after those it lets pass', async () => {
  emulator.faults.add({ match: DEVICES, answer: '504', after: 1 });
  expect((await graph.get('/v1.0/users')).status).toBe(200);
  expect((await graph.get(DEVICES)).status).toBe(200);
  expect((await graph.get(DEVICES)).status).toBe(504);
});

test('an expired token is refused until there is a new one', async () => {
  emulator.faults.add({ match: DEVICES, answer: 'expired-token' });
  expect((await graph.get(DEVICES)).status).toBe(401);
  expect((await graph.get('/v1.0/users')).status).toBe(401);
  graph = await callerOf(emulator);
  expect((await graph.get(DEVICES)).status).toBe(200);
});

test('a truncated body is half a document in a complete answer', async () => {
  const whole = await graph.get(DEVICES);
  emulator.faults.add({ match: DEVICES, answer: 'truncated' });
  const half = await graph.get(DEVICES);
  expect(half.status).toBe(200);
  expect(half.json).toBeNull();
  expect(whole.text.startsWith(half.text)).toBe(true);
});

test.each(['cut', 'reset'] as const)('%s breaks the connection', async (answer) => {
  emulator.faults.add({ match: DEVICES, answer });
  await expect(graph.get(DEVICES)).rejects.toThrow();
  expect((await graph.get(DEVICES)).status).toBe(200);
});

test('silent never answers', async () => {
  emulator.faults.add({ match: '/v1.0/users', answer: 'silent' });
  await expect(fetch(`${emulator.url}/v1.0/users`, { signal: AbortSignal.timeout(100) })).rejects.toThrow(
    /timeout/,
  );
});

test.each([
  ['not-json', '<html>'],
  ['empty', ''],
] as const)('%s is a 200 that says nothing', async (answer, start) => {
  emulator.faults.add({ match: DEVICES, answer });
  const reply = await graph.get(DEVICES);
  expect(reply.status).toBe(200);
  expect(reply.text.startsWith(start)).toBe(true);
  expect(reply.json).toBeNull();
});

test('last-page ends the pages early, without a sign of it', async () => {
  const { rows } = await graph.walk(DEVICES);
  emulator.faults.add({ match: 'skiptoken', answer: 'last-page' });
  const short = await graph.walk(DEVICES);
  expect(short.pages).toBe(2);
  expect(short.rows).toEqual(rows.slice(0, 40));
});

test('repeat-next-link leads to the page itself', async () => {
  const address = `${DEVICES}?$select=id`;
  emulator.faults.add({ match: DEVICES, answer: 'repeat-next-link' });
  expect((await graph.get(address)).json['@odata.nextLink']).toBe(emulator.url + address);
});

test("wrong-page has the first page's rows in the middle of the pages", async () => {
  const { rows } = await graph.walk(DEVICES);
  emulator.faults.add({ match: 'skiptoken', answer: 'wrong-page' });
  const wrong = await graph.walk(DEVICES);
  expect(wrong.rows.slice(20, 40)).toEqual(rows.slice(0, 20));
  expect(wrong.pages).toBe(3);
});

test('onRequest is called for each request', async () => {
  requests.length = 0;
  emulator.faults.add({ match: DEVICES, answer: '503' });
  await graph.get(DEVICES);
  await graph.get(DEVICES);
  expect(requests).toEqual([`GET ${DEVICES} 503`, `GET ${DEVICES} 200`]);
});

test("every answer carries its request id, and the caller's own", async () => {
  const reply = await graph.get(DEVICES, { 'client-request-id': 'b7e1c9d0-0000-4000-8000-000000000001' });
  expect(reply.headers.get('request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(reply.headers.get('client-request-id')).toBe('b7e1c9d0-0000-4000-8000-000000000001');
});
