// Changes: a client that reads once and then only what changed has what a client has that reads all.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  startGraphEmulator,
  type GraphEmulator,
} from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/generator.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { liveThrough } from '../../src/cli/live-through.ts';
import { listGenerations } from '../../src/engines/sqlite/generations.ts';
import { startTestFeed, type Got, type TestFeed } from './feed.ts';

type Row = Readonly<Record<string, unknown>>;

const data = mkdtempSync(join(tmpdir(), 'fleetfeed-changes-'));
// Over a month's end, where spans are cut.
const NIGHTS = [20261030, 20261031, 20261101, 20261102];
let emulator: GraphEmulator;
let feed: TestFeed;

async function live(...nights: readonly number[]): Promise<void> {
  const { signal } = new AbortController();
  const settings = { data, keepGenerations: 3 };
  await liveThrough(nights, { emulator, settings, observe: () => undefined, signal });
  const newest = listGenerations(data)[0]?.id;
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await feed.get('/-/ready')).json.generation === newest) return;
    await wait(50);
  }
  throw new Error(`The feed did not notice generation ${newest}.`);
}

interface Walked {
  readonly rows: readonly Row[];
  readonly pages: readonly Got[];
  readonly deltaLink: string | undefined;
}

/** Follows every nextLink. */
async function walk(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Walked> {
  const pages: Got[] = [];
  for (let link: string | undefined = path; link !== undefined;) {
    const got: Got = await feed.get(link, headers);
    if (got.status !== 200) throw new Error(`${link}: ${got.status} ${got.text}`);
    pages.push(got);
    link = got.json['@odata.nextLink']?.slice(feed.base.length);
  }
  const last: string | undefined = pages.at(-1)?.json['@odata.deltaLink'];
  return {
    rows: pages.flatMap(({ json }) => json.value as Row[]),
    pages,
    deltaLink: last?.slice(feed.base.length),
  };
}

/** What a client keeps: rows by their address, as metadata=full tells it. */
function keep(collection: string, kept: Map<string, Row>, rows: readonly Row[]): void {
  const { key } = MODEL.entities.get(collection)!;
  const idOf = (row: Row): string => {
    const literals = key.map((name) =>
      typeof row[name] === 'string' ? `'${row[name]}'` : String(row[name]),
    );
    const named = key.length === 1 ? literals : key.map((name, index) => `${name}=${literals[index]}`);
    return `${collection}(${named.join()})`;
  };
  for (const row of rows) {
    if ('@removed' in row) kept.delete(decodeURIComponent(row['@id'] as string));
    else kept.set(idOf(row), row);
  }
}

beforeAll(async () => {
  emulator = await startGraphEmulator({
    tenant: makeTenant({ seed: 3, devices: 40, firstNight: NIGHTS[0]! }),
  });
  const { signal } = new AbortController();
  await liveThrough(NIGHTS.slice(0, 2), {
    emulator,
    settings: { data, keepGenerations: 3 },
    observe: () => undefined,
    signal,
  });
  feed = await startTestFeed({ data });
});
afterAll(async () => {
  await feed.stop();
  await emulator.close();
  rmSync(data, { recursive: true });
});

const READS: readonly (readonly [collection: string, options: string])[] = [
  ['devices', ''],
  ['devices', '$filter=isDeleted eq false&$select=deviceKey,deviceName,osVersion'],
  ['devices', '$filter=lastSyncDateTime lt 2026-10-31T12:00:00Z&$select=deviceKey,deviceName'],
  ['devices', '$compute=length(deviceName) mul 2 as twice&$select=deviceKey,twice&$orderby=deviceName desc'],
  ['users', ''],
  ['userHistories', ''],
  ['devicePropertyHistories', '$filter=dateKey ge 20261030'],
  ['devicePropertyHistories', 'maxhistorydays=1&$select=dateKey,deviceKey,osVersion'],
  ['deviceEncryptionStates', '$filter=device/isDeleted eq false&$select=dateKey,deviceKey'],
  ['encryptionActivities', ''],
];

describe('changes', () => {
  test('kept with what was read before are the whole collection, night after night', async () => {
    const names = READS.filter(([name]) => MODEL.entities.has(name));
    expect(names).toEqual(READS);
    const copies = await Promise.all(
      READS.map(async ([collection, options]) => {
        const copy = new Map<string, Row>();
        const read = await walk(`/beta/${collection}?${options}`, { prefer: 'track-changes,maxpagesize=17' });
        keep(collection, copy, read.rows);
        return { collection, options, copy, link: read.deltaLink };
      }),
    );
    for (const night of NIGHTS.slice(2)) {
      await live(night);
      for (const each of copies) {
        const { collection, options, copy } = each;
        const changed = await walk(each.link!, { prefer: 'track-changes,maxpagesize=7' });
        each.link = changed.deltaLink;
        keep(collection, copy, changed.rows);
        const whole = new Map<string, Row>();
        const all = await walk(`/beta/${collection}?${options}`);
        keep(collection, whole, all.rows);
        expect([collection, options, new Map([...copy].sort())]).toEqual([
          collection,
          options,
          new Map([...whole].sort()),
        ]);
      }
    }
  });
});
