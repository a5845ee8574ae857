// The audit: every read is a line that says who and how much, but never which values, and a row for operators after the next run.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as passes } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { reads } from '../../schema/subjects/reads.ts';
import { makeKey } from '../../src/auth/api-key.ts';
import { openKeyFile } from '../../src/auth/key-file.ts';
import { auditPath, type AuditLine } from '../../src/base/audit-files.ts';
import { fixedClock } from '../../src/base/clock.ts';
import { addDays, midnightOf } from '../../src/base/date-key.ts';
import { openSqliteWarehouse } from '../../src/engines/sqlite/sqlite-warehouse.ts';
import { makeTestWarehouse, startTestFeed, TODAY, type TestFeed } from './test-feed.ts';

let warehouse: Awaited<ReturnType<typeof makeTestWarehouse>>;
let feed: TestFeed;
const now = midnightOf(TODAY);
const keys = ['reader', 'analyst', 'operator'].map((role) =>
  makeKey({ label: role, role, createdAt: now, expiresAt: null }),
);
const idOf = (role: string): string => `key:${keys.find(({ stored }) => stored.role === role)?.stored.id}`;
const as = (role: string): Record<string, string> => ({
  'x-api-key': keys.find(({ stored }) => stored.role === role)?.text ?? '',
});

beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  openKeyFile(warehouse.data).write(keys.map(({ stored }) => stored));
  feed = await startTestFeed(
    { data: warehouse.data, anonymous: 'never', audit: 'required' },
    fixedClock(now),
  );
});
afterAll(async () => {
  await feed.stop();
  warehouse.remove();
});

const linesOf = (dateKey: number): readonly AuditLine[] =>
  readFileSync(auditPath(warehouse.data, dateKey), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): AuditLine => JSON.parse(line));

/** The line that a request leaves. */
async function lineFor(
  path: string,
  headers: Readonly<Record<string, string>>,
  method?: string,
): Promise<AuditLine> {
  const { headers: answered } = await feed.get(path, headers, method);
  const requestId = answered.get('request-id');
  // A client has its answer a moment before the server knows that it was sent.
  for (let tries = 0; tries < 100; tries += 1) {
    const found =
      existsSync(auditPath(warehouse.data, TODAY)) &&
      linesOf(TODAY).find((line) => line.requestId === requestId);
    if (found) return found;
    await passes(10);
  }
  throw new Error(`No line for ${path}`);
}

describe('a line', () => {
  test('has the caller, role, route, amount, cost and time', async () => {
    const line = await lineFor("/beta/devices?$filter=contains(osVersion,'10')&$top=3", as('analyst'));
    expect(line).toMatchObject({
      dateKey: TODAY,
      answeredDateTimeUTC: now.toISOString(),
      ...{ caller: idOf('analyst'), role: 'analyst', decision: 'answered', method: 'GET' },
      ...{ shape: '/beta/devices?$filter&$top', status: 200, code: null, rowsSent: 3 },
      ...{ isWhole: true, requests: 1 },
    });
    expect(line.bytesSent).toBeGreaterThan(100);
    expect(line.durationInMilliseconds).toBeGreaterThanOrEqual(line.costInMilliseconds);
  });

  test('has the columns of the collection, in their order', async () => {
    expect(Object.keys(await lineFor('/v1.0', as('reader')))).toEqual(Object.keys(reads.properties));
  });

  test.each([
    ['/v1.0/devices', {}, 'denied', 401, 'auth.required'],
    ['/v1.0/devices', { authorization: 'Basic eDp5' }, 'denied', 401, 'auth.required'],
    ['/beta/nowhere', as('reader'), 'rejected', 404, 'request.unknown-resource'],
    ['/beta/devices?$filter=x', as('reader'), 'rejected', 400, 'request.unknown-property'],
    [`/beta/devices?$filter=${'('.repeat(300)}`, as('reader'), 'limited', 400, 'limit.too-complex'],
  ])('%#: what is wrong with a request decides', async (path, headers, decision, status, code) => {
    const line = await lineFor(path, headers);
    expect(line).toMatchObject({ decision, status, code });
    expect(line.caller).toBe(status === 401 ? null : idOf('reader'));
  });

  test('a health check leaves none', async () => {
    const before = await lineFor('/v1.0', as('reader'));
    await feed.get('/-/live');
    await feed.get('/-/ready');
    await lineFor('/v1.0', as('reader'));
    expect(linesOf(TODAY).findIndex(({ requestId }) => requestId === before.requestId)).toBe(
      linesOf(TODAY).length - 2,
    );
  });

  test.each([
    ["/beta/devices('DESKTOP-SECRET')/user?$filter=deviceName eq 'SECRET'", '/beta/devices()/user?$filter'],
    ["/beta/devices('a)SECRET/b')", '/beta/devices()/…'],
    ['/beta/devices%28%27SECRET%27%29', '/beta/devices()'],
    ['/beta/devices/SECRET', '/beta/devices/…'],
    ['/SECRET/v1.0', '/…/v1.0'],
    ['/beta/devices?SECRET', '/beta/devices?…'],
    ["/beta/devices?$filter%3DdeviceName eq 'SECRET'", '/beta/devices?…'],
    ['/beta/devices?@SECRET=1&secret=SECRET&$SECRET=2&Top=1', '/beta/devices?@&…&…&$top'],
    ["/beta/deviceEncryptionStates/asOf(dateKey='SECRET')", '/beta/deviceEncryptionStates/asOf()'],
    ['/v1.0/DEVICES?api-version=v1.0', '/v1.0/devices?api-version'],
    ['/beta/%FFSECRET', '/beta/…'],
  ])('has no word of %s that is not ours', async (path, shape) => {
    expect((await lineFor(path, as('reader'))).shape).toBe(shape);
  });
});

test('requests in a body are recorded by their route, each route once', async () => {
  const key = { 'x-api-key': as('reader')['x-api-key'] ?? '' };
  const post = async (path: string, type: string, body: string): Promise<string> => {
    const response = await fetch(feed.base + path, {
      method: 'POST',
      headers: { ...key, 'content-type': type },
      body,
    });
    await response.text();
    const requestId = response.headers.get('request-id');
    for (let tries = 0; tries < 100; tries += 1) {
      const found = linesOf(TODAY).find((line) => line.requestId === requestId);
      if (found) return found.shape;
      await passes(10);
    }
    throw new Error(`No line for ${path}`);
  };
  const part = (id: string, url: string) => ({ id, method: 'GET', url });
  const requests = [
    part('1', "devices?$filter=osVersion eq 'SECRET'&$top=1"),
    part('2', 'devices?$filter=true&$top=2'),
    part('3', "users('SECRET')"),
    part('4', 'SECRET'),
  ];
  expect(await post('/beta/$batch', 'application/json', JSON.stringify({ requests }))).toBe(
    '/beta/$batch [devices?$filter&$top, users(), …]',
  );
  expect(await post('/beta/devices/$query?$top=1', 'text/plain', "$filter=osVersion eq 'SECRET'")).toBe(
    '/beta/devices/$query?$top [?$top&$filter]',
  );
});

describe('the collection reads', () => {
  test.each([
    ['reader', 404],
    ['analyst', 404],
    ['operator', 200],
  ])('%s: %d', async (role, status) => {
    expect((await feed.get('/beta/reads', as(role))).status).toBe(status);
    expect((await feed.get('/beta', as(role))).text.includes('"reads"')).toBe(status === 200);
    expect((await feed.get('/v1.0/reads', as(role))).status).toBe(404);
  });

  test('has each line once, however often a day is run, and skips an incomplete line', async () => {
    const line = await lineFor('/beta/devices?$top=2', as('analyst'));
    const written = linesOf(TODAY).length;
    writeFileSync(auditPath(warehouse.data, TODAY), '{"requestId":"half\n{}\n', { flag: 'a' });
    const open = openSqliteWarehouse({ dataDir: warehouse.data, model: MODEL });
    const [tomorrow, after] = [addDays(TODAY, 1), addDays(TODAY, 2)];
    for (const day of [tomorrow, tomorrow, after]) {
      open.beginBuild(day, midnightOf(day)).publish();
      expect(feed.count('reads')).toBe(written);
    }
    while ((await feed.get('/-/ready')).json.dateKey !== after) await passes(20);
    const { json } = await feed.get(`/beta/reads('${line.requestId}')?$expand=date`, as('operator'));
    const { answeredDateTimeUTC, ...rest } = line;
    expect(json).toMatchObject({ ...rest, date: { dateKey: TODAY } });
    expect(Date.parse(json.answeredDateTimeUTC)).toBe(Date.parse(answeredDateTimeUTC));
  });
});
