// Power Query, the engine in Power BI and Excel: its requests in the order they come, with the headers it sends.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeTestWarehouse, startTestFeed, type TestFeed } from '../70-http/test-feed.ts';
import { declaredProperties, duplicatesOf, pull } from './pull.ts';

const ROOT = '/ReportingService/DataWarehouseFEService';
const JSON_HEADERS = {
  accept:
    'application/json;odata.metadata=minimal;q=1.0,application/json;odata=minimalmetadata;q=0.9,application/atomsvc+xml;q=0.8,application/atom+xml;q=0.8,application/xml;q=0.7,text/plain;q=0.7',
  'odata-maxversion': '4.0',
  maxdataserviceversion: '3.0',
  'user-agent': 'Microsoft.Data.Mashup (https://go.microsoft.com/fwlink/?LinkID=304225)',
};
const XML_HEADERS = { ...JSON_HEADERS, accept: 'application/xml' };

let warehouse: Awaited<ReturnType<typeof makeTestWarehouse>>;
let feed: TestFeed;
let declared: ReturnType<typeof declaredProperties>;

beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  feed = await startTestFeed({ data: warehouse.data });
  declared = declaredProperties((await feed.get(`${ROOT}/$metadata`, XML_HEADERS)).text);
});
afterAll(async () => {
  await feed.stop();
  warehouse.remove();
});

describe('connecting', () => {
  test.each([ROOT, `${ROOT}?api-version=v1.0`, `${ROOT}?maxHistoryDays=7&api-version=v1.0`, '/beta'])(
    'the service document answers at %s exactly as typed, its context first and absolute',
    async (url) => {
      const { status, headers, text, json } = await feed.get(url, JSON_HEADERS);
      expect(status).toBe(200);
      expect(headers.get('odata-version')).toBe('4.0');
      expect(text.startsWith(`{"@odata.context":"${feed.base}/`)).toBe(true);
      expect(json.value.length).toBeGreaterThan(50);
    },
  );

  test('everything before # in the context is CSDL 4.0 as XML', async () => {
    const { json } = await feed.get(ROOT, JSON_HEADERS);
    const address = json['@odata.context'].split('#')[0].slice(feed.base.length);
    const { status, headers, text } = await feed.get(address, XML_HEADERS);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^application\/xml/);
    expect(text).toMatch(/^<\?xml.*<edmx:Edmx [^>]*Version="4\.0"/s);
  });

  test('the service document and the metadata name the same collections', async () => {
    const { json } = await feed.get(ROOT, JSON_HEADERS);
    expect(json.value.map(({ name }: { name: string }) => name).sort()).toEqual([...declared.keys()].sort());
  });
});

describe('the navigator', () => {
  test('every preview at once: each declared property in each row, nulls written out, nothing undeclared', async () => {
    const previews = await Promise.all(
      [...declared.keys()].map(async (name) => ({
        name,
        got: await feed.get(`${ROOT}/${name}?$top=1000`, JSON_HEADERS),
      })),
    );
    for (const { name, got } of previews) {
      expect([name, got.status]).toEqual([name, 200]);
      for (const row of got.json.value) expect(Object.keys(row)).toEqual(declared.get(name));
      expect(got.json.value.length).toBeLessThanOrEqual(1000);
    }
  });
});

describe('folded steps', () => {
  test('choosing columns, as it encodes them', async () => {
    const { json } = await feed.get(`${ROOT}/devices?$select=deviceName%2CosVersion&$top=3`, JSON_HEADERS);
    expect(json['@odata.context']).toBe(`${feed.base}${ROOT}/$metadata#devices(deviceName,osVersion)`);
    expect(json.value.map((row: object) => Object.keys(row))).toEqual(
      Array.from({ length: 3 }, () => ['deviceName', 'osVersion']),
    );
  });

  test('skip and top take the same rows out of the whole', async () => {
    const whole = await pull(feed, `${ROOT}/devices`, JSON_HEADERS);
    const { json } = await feed.get(`${ROOT}/devices?$skip=5&$top=7`, JSON_HEADERS);
    expect(json.value).toEqual(whole.rows.slice(5, 12));
  });

  test.each([
    ["$filter=deviceName eq 'x'", '$filter'],
    ['$orderby=deviceName desc,osVersion', '$orderby'],
    ['$expand=deviceType($select=deviceTypeName)', '$expand'],
    ['$apply=groupby((deviceTypeKey))', '$apply'],
  ])('v1.0 refuses %s as it announced, with a 400 that says what it offers', async (option, target) => {
    const { status, json } = await feed.get(`${ROOT}/devices?${option}`, JSON_HEADERS);
    expect(status).toBe(400);
    expect(json.error.code).toBe('request.not-in-v1');
    expect(json.error.target).toBe(target);
    expect(json.error.message).toMatch(/v1\.0 offers .*dateKey.*beta/);
  });

  test('beta filters and sorts them', async () => {
    const { status, json } = await feed.get(
      `/beta/devices?$filter=startswith(operatingSystem,'Win') and isDeleted eq false&$orderby=deviceName desc,deviceKey`,
      JSON_HEADERS,
    );
    expect(status).toBe(200);
    expect(json.value.length).toBeGreaterThan(0);
    expect(new Set(json.value.map((row: { operatingSystem: string }) => row.operatingSystem))).toEqual(
      new Set(['Windows']),
    );
  });

  // A filter that keeps every row, in the form of each step that folds: a missing row means that it was misread.
  test.each([
    [
      'one of 200 values',
      `(${Array.from({ length: 200 }, (_, key) => `deviceKey eq ${key + 1}`).join(' or ')})`,
    ],
    ['text in any case', "startswith(tolower(deviceName),'') or deviceName eq null"],
    ['text within text', "indexof(deviceName,'') ge 0 or deviceName eq null"],
    [
      'an instant with an offset',
      'enrolledDateTime ge 2001-01-01T00:00:00%2B05:30 or enrolledDateTime eq null',
    ],
    [
      'an instant with seven digits',
      'enrolledDateTime lt 2031-01-01T00:00:00.1234567Z or enrolledDateTime eq null',
    ],
    [
      'parts of a date',
      'year(enrolledDateTime) ge 2001 and month(enrolledDateTime) le 12 or enrolledDateTime eq null',
    ],
    ['a condition that is a column', 'isDeleted eq false or isDeleted'],
    ['a column of a record', 'deviceType/deviceTypeName ne null'],
    ['what is not', 'not (deviceKey eq 0) and not (deviceName eq null and deviceKey eq 0)'],
    ['sums', '(deviceKey add 1) mul 2 sub 2 eq deviceKey mul 2'],
  ])('beta filters by %s', async (_, filter) => {
    const { status, json } = await feed.get(
      `/beta/devices?$filter=${filter}&$select=deviceKey&$count=true&$top=1000`,
      JSON_HEADERS,
    );
    expect([status, json['@odata.count']]).toEqual([200, feed.count('devices')]);
    expect(json.value).toHaveLength(feed.count('devices'));
  });

  test('beta expands the record columns that were chosen, and names them in the context once more', async () => {
    const { status, json } = await feed.get(
      '/beta/devices?$select=deviceName,deviceType&$expand=deviceType($select=deviceTypeName)&$top=3',
      JSON_HEADERS,
    );
    expect(status).toBe(200);
    expect(json['@odata.context']).toBe(
      `${feed.base}/beta/$metadata#devices(deviceName,deviceType,deviceType(deviceTypeName))`,
    );
    for (const row of json.value) {
      expect(Object.keys(row)).toEqual(['deviceName', 'deviceType']);
      expect(Object.keys(row.deviceType)).toEqual(['deviceTypeName']);
    }
  });

  test('beta groups where it announces $apply, and sorts and limits the groups', async () => {
    const { status, json } = await feed.get(
      '/beta/devices?$apply=filter(isDeleted eq false)/groupby((ownerTypeKey),aggregate(deviceKey with max as latest))' +
        '&$orderby=ownerTypeKey desc&$top=1000',
      JSON_HEADERS,
    );
    expect(status).toBe(200);
    const owners = json.value.map(({ ownerTypeKey }: { ownerTypeKey: number }) => ownerTypeKey);
    expect(owners).toEqual([...new Set<number>(owners)].sort((one, other) => other - one));
    for (const { latest } of json.value) expect(latest).toBeGreaterThan(0);
  });

  test('the address that a report uses by default declares no functions, which would be columns of their own', async () => {
    const declares = async (path: string) => (await feed.get(path, XML_HEADERS)).text.includes('<Function ');
    expect(await declares(`${ROOT}/$metadata`)).toBe(false);
    expect(await declares('/beta/$metadata')).toBe(true);
  });
});

describe('loading', () => {
  test.each(['devicePropertyHistories', 'deviceEncryptionStatusDetails', 'dates'])(
    '%s through pages of 17: no row twice, none lost, and the same rows as in one page',
    async (name) => {
      const headers = { ...JSON_HEADERS, prefer: 'maxpagesize=17' };
      const paged = await pull(feed, `${ROOT}/${name}?maxhistorydays=3`, headers);
      const whole = await pull(feed, `${ROOT}/${name}?maxhistorydays=3`, JSON_HEADERS);
      expect(whole.pages).toBe(1);
      expect(paged.rows).toEqual(whole.rows);
      expect(duplicatesOf(paged.rows, declared.get(name)!)).toEqual([]);
    },
  );

  test('every collection, whole, has as many rows as the warehouse', async () => {
    for (const name of declared.keys()) {
      const { rows } = await pull(feed, `${ROOT}/${name}`, JSON_HEADERS);
      expect([name, rows.length]).toEqual([name, feed.count(name)]);
    }
  });

  test('incremental refresh: partitions read concurrently hold each row exactly once', async () => {
    const edges = [20261101, 20261118, 20261119, 20261120, 20261201];
    const parts = await Promise.all(
      edges.slice(0, -1).map((from, index) => {
        const filter = `dateKey ge ${from} and dateKey lt ${edges[index + 1]!}`;
        return pull(feed, `${ROOT}/devicePropertyHistories?$filter=${filter}`, JSON_HEADERS);
      }),
    );
    const whole = await pull(feed, `${ROOT}/devicePropertyHistories`, JSON_HEADERS);
    expect(parts.flatMap(({ rows }) => rows)).toEqual(whole.rows);
  });
});

describe('drilling', () => {
  test('one row, one of its properties, and where its navigations lead', async () => {
    const {
      json: { value },
    } = await feed.get(`${ROOT}/devices?$top=1`, JSON_HEADERS);
    const [device] = value;
    const one = await feed.get(`${ROOT}/devices(${device.deviceKey})`, JSON_HEADERS);
    expect(one.json).toEqual({
      '@odata.context': `${feed.base}${ROOT}/$metadata#devices/$entity`,
      ...device,
    });
    const name = await feed.get(`${ROOT}/devices(${device.deviceKey})/deviceName`, JSON_HEADERS);
    expect(name.json.value).toBe(device.deviceName);
    const type = await feed.get(`${ROOT}/devices(${device.deviceKey})/deviceType`, JSON_HEADERS);
    expect(type.json.deviceTypeKey).toBe(device.deviceTypeKey);
    const past = await feed.get(`${ROOT}/devices(${device.deviceKey})/devicePropertyHistories`, JSON_HEADERS);
    expect(past.json.value.every((row: typeof device) => row.deviceKey === device.deviceKey)).toBe(true);
  });

  test('a null property and a navigation to no row are 204', async () => {
    const { rows } = await pull(feed, `${ROOT}/devices`, JSON_HEADERS);
    const userless = rows.find(({ userId }) => userId === null)!;
    for (const step of ['userId', 'user']) {
      const { status, text } = await feed.get(
        `${ROOT}/devices(${Number(userless.deviceKey)})/${step}`,
        JSON_HEADERS,
      );
      expect([step, status, text]).toEqual([step, 204, '']);
    }
  });
});
