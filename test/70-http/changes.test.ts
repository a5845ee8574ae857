// Changes: a client that reads once and then only changes has the same rows as one that reads everything.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  startGraphEmulator,
  type GraphEmulator,
} from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { midnightOf } from '../../src/base/date-key.ts';
import { simulateRuns } from '../../src/cli/wiring/simulate-runs.ts';
import { openSqliteWarehouse } from '../../src/engines/sqlite/sqlite-warehouse.ts';
import { listGenerations } from '../../src/engines/sqlite/generations/generation-files.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';
import { startTestFeed, type TestResponse, type TestFeed } from './test-feed.ts';

type Row = Readonly<Record<string, unknown>>;

const data = mkdtempSync(join(tmpdir(), 'fleetfeed-changes-'));
// Across a month end, where intervals end, and a missed day.
const [FIRST, ...LATER] = [20261030, 20261031, 20261102, 20261103] as const;
let today: number = FIRST;
let keepGenerations = 5;
let emulator: GraphEmulator;
let feed: TestFeed;

async function live(day: number): Promise<void> {
  today = day;
  const { signal } = new AbortController();
  const settings = { ...DEFAULT_SETTINGS, data, keepGenerations };
  await simulateRuns([day], { emulator, settings, observe: () => undefined, signal });
}

async function liveOn(day: number): Promise<void> {
  await live(day);
  await noticed();
}

async function noticed(): Promise<void> {
  const newest = listGenerations(data)[0]?.id;
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await feed.get('/-/ready')).json.generation === newest) return;
    await wait(50);
  }
  throw new Error(`The feed did not notice generation ${newest}.`);
}

beforeAll(async () => {
  emulator = await startGraphEmulator({ tenant: makeTenant({ seed: 3, devices: 40, firstDateKey: FIRST }) });
  await live(FIRST);
  feed = await startTestFeed({ data }, { now: () => midnightOf(today) });
});
afterAll(async () => {
  await feed.stop();
  await emulator.close();
  rmSync(data, { recursive: true });
});

interface Walked {
  readonly rows: readonly Row[];
  readonly pages: readonly TestResponse[];
  /** Without the server's address. */
  readonly deltaLink: string | undefined;
}

const inside = (link: string): string => link.slice(feed.base.length);

/** Follows every nextLink. */
async function walk(path: string, prefer = ''): Promise<Walked> {
  const pages: TestResponse[] = [];
  for (let link: string | undefined = path; link !== undefined;) {
    const got: TestResponse = await feed.get(link, { prefer });
    if (got.status !== 200) throw new Error(`${link}: ${got.status} ${got.text}`);
    pages.push(got);
    const next: string | undefined = got.json['@odata.nextLink'];
    link = next && inside(next);
  }
  const links = pages.map(({ json }): string | undefined => json['@odata.deltaLink']);
  const last = links.pop();
  expect(links.every((link) => link === undefined)).toBe(true);
  return {
    rows: pages.flatMap(({ json }) => json.value as Row[]),
    pages,
    deltaLink: last && inside(last),
  };
}

/** The rows that a client keeps, by key. */
function keep(collection: string, copy: Map<string, Row>, rows: readonly Row[]): void {
  const { key } = MODEL.entities.get(collection)!;
  for (const row of rows) {
    const id = JSON.stringify(key.map((name) => row[name]));
    if ('@removed' in row) expect([id, copy.delete(id)]).toEqual([id, true]);
    else copy.set(id, row);
  }
}

const READS: readonly (readonly [collection: string, options: string])[] = [
  ['devices', ''],
  ['devices', '$filter=isDeleted eq false&$select=deviceKey,deviceName,osVersion'],
  ['devices', '$filter=lastSyncDateTime lt 2026-10-31T12:00:00Z&$select=deviceKey,deviceName'],
  [
    'devices',
    '$compute=length(deviceName) mul 2 as twice&$select=deviceKey,twice&$orderby=deviceName desc&$count=true',
  ],
  ['devices', '$search=windows&$select=deviceKey,osVersion'],
  ['devices', '$filter=lastSyncDateTime gt now() sub duration%27PT30H%27&$select=deviceKey'],
  ['users', ''],
  ['userHistories', ''],
  ['devicePropertyHistories', '$filter=dateKey ge 20261030'],
  ['devicePropertyHistories', 'maxhistorydays=1&$select=dateKey,deviceKey,osVersion'],
  ['deviceEncryptionStates', '$filter=device/isDeleted eq false&$select=dateKey,deviceKey'],
  ['encryptionActivities', ''],
  ['dates', '$filter=dateKey le 20261105'],
];

describe('changes', () => {
  test('applied to the rows read before give the whole collection, day after day', async () => {
    const copies = await Promise.all(
      READS.map(async ([collection, options]) => {
        const copy = new Map<string, Row>();
        const read = await walk(`/beta/${collection}?${options}`, 'track-changes,maxpagesize=17');
        keep(collection, copy, read.rows);
        return { collection, options, copy, link: read.deltaLink };
      }),
    );
    const removed = new Set<string>();
    let [sent, all] = [0, 0];
    for (const day of LATER) {
      await liveOn(day);
      for (const each of copies) {
        const { collection, options, copy } = each;
        const changed = await walk(each.link!, 'maxpagesize=7');
        each.link = changed.deltaLink;
        keep(collection, copy, changed.rows);
        if (changed.rows.some((row) => '@removed' in row)) removed.add(options);
        const whole = new Map<string, Row>();
        keep(collection, whole, (await walk(`/beta/${collection}?${options}`)).rows);
        expect([collection, options, [...copy].toSorted()]).toEqual([
          collection,
          options,
          [...whole].toSorted(),
        ]);
        sent += changed.rows.length;
        all += whole.size;
      }
    }
    expect(removed.size).toBeGreaterThanOrEqual(3);
    expect(sent).toBeLessThan(all / 2);
  });

  test('are between two generations and no third, however many pages they have', async () => {
    const { deltaLink } = await walk('/beta/devicePropertyHistories?$select=osVersion', 'track-changes');
    await liveOn(20261104);
    const whole = await walk(deltaLink!);
    const begun = await feed.get(deltaLink!, { prefer: 'maxpagesize=10' });
    await liveOn(20261105);
    const rest = await walk(inside(begun.json['@odata.nextLink']), 'maxpagesize=10');
    expect([...begun.json.value, ...rest.rows]).toEqual(whole.rows);
    const since = await walk(rest.deltaLink!);
    expect(since.rows.length).toBeGreaterThan(30);
    expect(since.rows.every((row) => String(row['@id']).includes('dateKey=20261105'))).toBe(true);
  });

  test('that are none are an empty page with a delta link, and 304 for a client that has it', async () => {
    const { deltaLink } = await walk('/beta/devices?$select=deviceName', 'odata.track-changes');
    const got = await feed.get(deltaLink!);
    expect(got.json).toEqual({
      '@odata.context': `${feed.base}/beta/$metadata#devices(deviceName)/$delta`,
      value: [],
      '@odata.deltaLink': expect.stringContaining('$select=deviceName&$deltatoken='),
    });
    const etag = got.headers.get('etag')!;
    expect((await feed.get(deltaLink!, { 'if-none-match': etag })).status).toBe(304);
    const older = { 'if-none-match': etag, 'odata-maxversion': '4.0' };
    expect((await feed.get(deltaLink!, older)).status).toBe(200);
  });

  test('include every run that a rollback reverts, also when other runs have followed', async () => {
    const target = '/beta/devicePropertyHistories?$select=dateKey,deviceKey,osVersion';
    const copy = new Map<string, Row>();
    const read = await walk(target, 'track-changes');
    keep('devicePropertyHistories', copy, read.rows);
    const [, , third] = listGenerations(data);
    openSqliteWarehouse({ dataDir: data, model: MODEL, keepGenerations: 9 }).rollback(
      third!.id,
      midnightOf(today),
    );
    await noticed();
    const back = await walk(read.deltaLink!);
    expect(new Set(back.rows.map((row) => row['dateKey']))).toEqual(new Set([20261104, 20261105]));
    expect(back.rows[0]!['@removed']).toEqual({ reason: 'deleted' });
    await liveOn(20261106);
    keep('devicePropertyHistories', copy, (await walk(read.deltaLink!)).rows);
    const whole = new Map<string, Row>();
    keep('devicePropertyHistories', whole, (await walk(target)).rows);
    expect([...copy].toSorted()).toEqual([...whole].toSorted());
  });

  test('from now on need no first read', async () => {
    const { json } = await feed.get(
      '/beta/devicePropertyHistories?$filter=osVersion ne null&$deltatoken=latest',
    );
    expect(json.value).toEqual([]);
    await liveOn(20261107);
    const { rows } = await walk(inside(json['@odata.deltaLink']));
    expect(new Set(rows.map((row) => row['dateKey']))).toEqual(new Set([20261107]));
  });
});

describe('the preference to track changes', () => {
  test.each(['track-changes', 'odata.track-changes'])('as %s is applied and confirmed', async (prefer) => {
    const { headers, json } = await feed.get('/beta/users', { prefer });
    expect(headers.get('preference-applied')).toBe(prefer);
    expect(json['@odata.deltaLink']).toMatch(/\/beta\/users\?\$deltatoken=[\w-]+$/);
  });

  test.each([
    '/beta/devices',
    '/beta/devices?$top=5',
    '/beta/devices?$skip=5',
    '/beta/devices?$expand=user',
    '/beta/devices?$apply=filter(isDeleted eq false)',
    '/beta/devices/$ref',
    '/beta/devices(1)',
    '/beta/devices/$count',
    '/v1.0/devices',
  ])('is not applied where it is not requested or not possible: %s', async (target) => {
    const prefer = target === '/beta/devices' ? 'track-changes=soon' : 'track-changes';
    const { status, headers, text } = await feed.get(target, { prefer });
    expect([status, headers.get('preference-applied')]).toEqual([200, null]);
    expect(text).not.toContain('deltaLink');
  });

  test('continues over pages that do not repeat it', async () => {
    const first = await feed.get('/beta/devices', { prefer: 'track-changes,maxpagesize=10' });
    expect(first.json['@odata.deltaLink']).toBeUndefined();
    expect((await walk(inside(first.json['@odata.nextLink']))).deltaLink).toBeDefined();
  });
});

describe('a removed row', () => {
  // Devices synchronise every few hours: every day some leave such a filter.
  const OLD = '/beta/devices?$filter=lastSyncDateTime lt 2026-11-07T06:00:00Z&$select=deviceName';
  let link: string;
  beforeAll(async () => {
    link = (await walk(OLD, 'track-changes')).deltaLink!;
    await liveOn(20261108);
  });
  const goneOf = (got: TestResponse, word: string): Row =>
    (got.json.value as Row[]).find((row) => word in row)!;

  test('is @removed with its address and key, in the format of 4.01', async () => {
    const got = await feed.get(link, { 'odata-maxversion': '4.01' });
    expect(got.headers.get('odata-version')).toBe('4.01');
    const gone = goneOf(got, '@removed');
    expect(gone).toEqual({
      '@removed': { reason: 'changed' },
      '@id': `devices(${Number(gone['deviceKey'])})`,
      deviceKey: expect.any(Number),
    });
    expect((await feed.get(link)).headers.get('odata-version')).toBe('4.01');
  });

  test('has another context for clients of 4.0', async () => {
    const got = await feed.get(link, { 'odata-maxversion': '4.0' });
    expect(got.headers.get('odata-version')).toBe('4.0');
    expect(goneOf(got, 'reason')).toEqual({
      '@odata.context': '#devices/$deletedEntity',
      id: expect.stringMatching(/^devices\(\d+\)$/),
      reason: 'changed',
    });
  });

  test('is reported at every level of metadata', async () => {
    for (const level of ['none', 'full']) {
      const got = await feed.get(link, { accept: `application/json;odata.metadata=${level}` });
      expect(goneOf(got, '@removed')['@removed']).toEqual({ reason: 'changed' });
    }
  });
});

describe('a delta link', () => {
  test.each([
    ['with one option more', '&$filter=isDeleted'],
    ['with another token', 'A'],
  ])('%s is refused', async (_, more) => {
    const { deltaLink } = await walk('/beta/users', 'track-changes');
    const { status, json } = await feed.get(deltaLink! + more);
    expect([status, json.error.code]).toEqual([400, 'request.bad-deltatoken']);
  });

  test('whose options do not allow change tracking is refused', async () => {
    const { status, json } = await feed.get('/beta/users?$top=3&$deltatoken=latest');
    expect([status, json.error.code]).toEqual([501, 'request.not-offered']);
    expect(json.error.message).toContain('beside $top');
  });

  test('is not part of v1.0, nor of one row or a document', async () => {
    const codeOf = async (target: string): Promise<unknown> => (await feed.get(target)).json.error.code;
    expect(await codeOf('/v1.0/users?$deltatoken=latest')).toBe('request.not-in-v1');
    expect(await codeOf('/beta/devices(1)?$deltatoken=latest')).toBe('request.malformed-option');
    expect(await codeOf('/beta/?$deltatoken=latest')).toBe('request.malformed-option');
  });

  test('whose generation is gone is 410 and says where to start again', async () => {
    const { deltaLink } = await walk('/beta/users?$select=userKey', 'track-changes');
    keepGenerations = 2;
    for (const day of [20261109, 20261110]) await liveOn(day);
    const { status, json, headers } = await feed.get(deltaLink!);
    expect([status, json.error.code]).toEqual([410, 'request.generation-gone']);
    expect(headers.get('location')).toBe(`${feed.base}/beta/users?$select=userKey`);
  });
});
