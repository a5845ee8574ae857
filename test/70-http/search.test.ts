// $search over HTTP, compared with a search in plain JavaScript.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../src/base/limits.ts';
import { deriveExposedModel } from '../../schema/derive/exposed-model.ts';
import { isSearchable, searchIndexOf } from '../../schema/derive/search-index.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import type { Row } from '../../schema/entity.ts';
import { parseSearch } from '../../src/odata/parse/parse-search.ts';
import { readWarehouseRows } from '../75-oracle/warehouse-rows.ts';
import { matchesSearch, searchedTexts, wordsOf } from '../75-oracle/evaluate-search.ts';
import { makeTestWarehouse, VISIBLE_MODEL, startTestFeed, type TestFeed } from './test-feed.ts';

let warehouse: Awaited<ReturnType<typeof makeTestWarehouse>>;
let feed: TestFeed;
let devices: readonly Row[];

beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  feed = await startTestFeed({ data: warehouse.data });
  devices = (await feed.get('/beta/devices')).json.value;
}, 60_000);
afterAll(async () => {
  await feed.stop();
  warehouse.remove();
});

const address = (collection: string, search: string, more = ''): string =>
  `/beta/${collection}?$search=${encodeURIComponent(search)}${more}`;

const expected = (search: string, rows: readonly Row[], columns: readonly string[]): readonly Row[] =>
  rows.filter((row) =>
    matchesSearch(
      parseSearch(search, LIMITS),
      columns.map((name) => String(row[name] ?? '')),
    ),
  );

describe('$search', () => {
  const columns = searchIndexOf(MODEL.entities.get('devices')!)!.columns;

  test.each([
    'surface',
    'SURFACE',
    'surf',
    'desktop-clone',
    '"desktop clone"',
    '"clone desktop"',
    'clone desktop',
    'windows NOT dell',
    'NOT windows',
    'NOT NOT windows',
    'iphone OR surface AND hub',
    '(iphone OR surface) AND hub',
    'or AND not',
    "quentin's",
    '"…"',
    'NOT "…"',
    '"a\\"b*^:(NEAR"',
    'deviceName:desktop',
  ])('%s', async (search) => {
    const { status, json } = await feed.get(address('devices', search));
    expect(status).toBe(200);
    expect(json.value).toEqual(expected(search, devices, columns));
  });

  test('finds every row by each word of each text', async () => {
    const words = new Set(
      devices.flatMap((row) => columns.flatMap((name) => wordsOf(String(row[name] ?? '')))),
    );
    for (const word of [...words].filter((_, index) => index % 9 === 0)) {
      const { json } = await feed.get(address('devices', `"${word}"`, '&$select=deviceKey'));
      const rows = expected(`"${word}"`, devices, columns).map(({ deviceKey }) => ({ deviceKey }));
      expect([word, json.value]).toEqual([word, rows]);
      expect(rows.length).toBeGreaterThan(0);
    }
  });

  test('ignores case and accents, and finds words of other scripts', async () => {
    for (const search of ['zoe', 'ZOË', '太郎', 'שלום', 'name']) {
      const { json } = await feed.get(address('users', search, '&$select=displayName'));
      expect(JSON.stringify(json.value)).toContain('Zoë');
    }
  });

  test('combines with filter, order, count and paging, and works after a navigation', async () => {
    const filter = '&$filter=isDeleted eq false&$orderby=deviceName desc&$count=true&$select=deviceKey';
    const whole = (await feed.get(address('devices', 'windows', filter))).json;
    const matches = expected('windows', devices, columns).filter(({ isDeleted }) => isDeleted === false);
    expect(whole['@odata.count']).toBe(matches.length);
    const first = (await feed.get(address('devices', 'windows', filter), { prefer: 'maxpagesize=3' })).json;
    const next = (await feed.get(first['@odata.nextLink'].replace(feed.base, ''))).json;
    expect([...first.value, ...next.value]).toEqual(whole.value);
    const { text } = await feed.get(address('devices/$count', 'windows'));
    expect(Number(text)).toBe(expected('windows', devices, columns).length);
    const type = devices[0]?.['deviceTypeKey'] as number;
    const { json } = await feed.get(address(`deviceTypes(${type})/devices`, 'windows'));
    const ofType = devices.filter(({ deviceTypeKey }) => deviceTypeKey === type);
    expect(json.value).toEqual(expected('windows', ofType, columns));
  });

  test('is a transformation of $apply, as long as rows are rows of the collection', async () => {
    const ask = async (steps: string) => feed.get(`/beta/devices?$apply=${encodeURIComponent(steps)}`);
    const { json } = await ask('filter(isDeleted eq false)/search(windows NOT dell)/aggregate($count as n)');
    const matches = expected('windows NOT dell', devices, columns).filter(
      (row) => row['isDeleted'] === false,
    );
    expect(json.value).toMatchObject([{ n: matches.length }]);
    expect(matches.length).toBeGreaterThan(0);
    const late = await ask('groupby((deviceName))/search(windows)');
    expect([late.status, late.json.error.target]).toEqual([501, '$apply']);
  });

  test('combines with $apply, as long as rows are rows of the collection', async () => {
    const steps = 'filter(isDeleted eq false)/compute(deviceKey add 1 as next)/topcount(9,deviceKey)';
    const { json } = await feed.get(address('devices', 'windows', `&$apply=${steps}&$select=deviceKey`));
    const nine = devices.filter((row) => row['isDeleted'] === false).slice(-9);
    const matches = expected('windows', nine, columns);
    expect(json.value.map((row: Row) => row['deviceKey'])).toEqual(matches.map((row) => row['deviceKey']));
    expect(matches.length).toBeGreaterThan(0);
    const late = await feed.get(address('devices', 'windows', '&$apply=groupby((deviceName))'));
    expect([late.status, late.json.error.target]).toEqual([501, '$search']);
  });

  test('a NUL, a quote and a very long phrase are words like any other', async () => {
    for (const search of ['"a\0b"', '"\\""', `"${'x '.repeat(2000)}"`]) {
      expect(await feed.get(address('devices', search))).toMatchObject({ status: 200, json: { value: [] } });
    }
  });

  test('every collection that says so can be searched, and the others say why not', async () => {
    const exposedModel = deriveExposedModel(VISIBLE_MODEL, 'beta');
    for (const entitySet of exposedModel.entitySets.values()) {
      const { name } = entitySet.entity;
      const { status, json } = await feed.get(address(name, 'nowhere-to-be-found'));
      const searched = isSearchable(entitySet, exposedModel);
      expect([name, status]).toEqual([name, searched ? 200 : 501]);
      if (!searched) expect(json.error.message).toContain('no text to search');
    }
  });

  test.each([
    ['a day of a device, by what it was called then', 'devicePropertyHistories', 'clone'],
    ['a state of a user', 'userHistories', 'zoe'],
    ['a thing whose key is of two parts', 'encryptionPolicySettings', 'true OR required OR enabled'],
    ['a thing whose key is a text', 'complianceStates', 'compliant'],
    ['a fact, by the texts of its dimensions', 'encryptionActivities', 'windows'],
    ['a day of a device, by what the device is', 'deviceEncryptionStates', 'surface'],
    ['a row that joins two others, by either', 'userDeviceAssociations', 'zoe OR clone'],
  ])('finds %s', async (_, collection, search) => {
    const data = readWarehouseRows(warehouse.data);
    const entitySet = data.entitySet(collection);
    const ask = async (words: string): Promise<number> =>
      Number((await feed.get(address(`${collection}/$count`, words))).text);
    const rows = data.rows(collection);
    const found = rows.filter((row) =>
      matchesSearch(parseSearch(search, LIMITS), searchedTexts(row, entitySet, data)),
    );
    expect(found.length).toBeGreaterThan(0);
    expect([await ask(search), await ask(`NOT (${search})`)]).toEqual([
      found.length,
      rows.length - found.length,
    ]);
  });

  test('is not part of v1.0', async () => {
    expect(await feed.get('/v1.0/devices?$search=a')).toMatchObject({ status: 400 });
  });
});
