// $apply over HTTP: rows grouped and aggregated as reports do, page by page, compared with sums computed here.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeTestWarehouse, startTestFeed, TODAY, type TestFeed } from './test-feed.ts';

type Row = Readonly<Record<string, unknown>>;

let warehouse: Awaited<ReturnType<typeof makeTestWarehouse>>;
let feed: TestFeed;
let devices: readonly Row[];
let states: readonly Row[];
let stateNames: ReadonlyMap<unknown, unknown>;

beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  feed = await startTestFeed({ data: warehouse.data });
  devices = await rowsOf('devices');
  states = await rowsOf('deviceEncryptionStates');
  const lookup = await rowsOf('encryptionStates');
  stateNames = new Map(lookup.map((row) => [row['encryptionStateKey'], row['encryptionStateName']]));
});
afterAll(async () => {
  await feed.stop();
  warehouse.remove();
});

const PLAIN = { accept: 'application/json;odata.metadata=none' };

async function rowsOf(address: string): Promise<readonly Row[]> {
  const { status, json } = await feed.get(`/beta/${address}`, PLAIN);
  expect([address, status]).toEqual([address, 200]);
  return json.value;
}

function countBy(rows: readonly Row[], nameOf: (row: Row) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[nameOf(row)] = (counts[nameOf(row)] ?? 0) + 1;
  return counts;
}

const BY_STATE =
  'deviceEncryptionStates?$apply=groupby((dateKey,encryptionState/encryptionStateName),aggregate($count as devices))';

describe('a fact grouped along a dimension', () => {
  const groupOf = (row: Row): string =>
    `${String(row['dateKey'])} ${String(stateNames.get(row['encryptionStateKey']))}`;

  test('has one row for each day and state, in their order', async () => {
    const { json } = await feed.get(`/beta/${BY_STATE}`, PLAIN);
    const groups = (json.value as Row[]).map((row) => {
      const { encryptionStateName } = row['encryptionState'] as Row;
      return [`${String(row['dateKey'])} ${String(encryptionStateName)}`, row['devices']];
    });
    expect(groups).toEqual(Object.entries(countBy(states, groupOf)).sort(([a], [b]) => (a < b ? -1 : 1)));
    expect(Object.keys(json.value[0])).toEqual(['dateKey', 'encryptionState', 'devices']);
  });

  test('has a context that names its columns, and a type for each column that $metadata does not have', async () => {
    const { json } = await feed.get(`/beta/${BY_STATE}&$top=1`);
    expect(json['@odata.context']).toBe(
      `${feed.base}/beta/$metadata#deviceEncryptionStates(dateKey,encryptionState(encryptionStateName),devices)`,
    );
    expect(json.value).toEqual([
      {
        '@odata.id': null,
        dateKey: TODAY - 3,
        encryptionState: { '@odata.id': null, encryptionStateName: expect.any(String) },
        'devices@odata.type': '#Int64',
        devices: expect.any(Number),
      },
    ]);
  });

  test('continues from page to page, and counts all its rows on the first', async () => {
    const whole = await rowsOf(BY_STATE);
    const pages: Row[] = [];
    let next = `/beta/${BY_STATE}&$count=true`;
    while (next) {
      const { json } = await feed.get(next, { ...PLAIN, prefer: 'odata.maxpagesize=3' });
      if (pages.length === 0) expect(json['@odata.count']).toBe(whole.length);
      pages.push(...json.value);
      next = json['@odata.nextLink']?.replace(feed.base, '');
    }
    expect(pages).toEqual(whole);
  });

  test('is filtered, sorted, limited and counted like any rows', async () => {
    const rest = `$filter=devices gt 1 and encryptionState/encryptionStateName ne 'x'&$orderby=devices desc&$top=2`;
    const whole = (await rowsOf(BY_STATE)) as readonly (Row & { devices: number })[];
    const expected = whole
      .filter(({ devices: count }) => count > 1)
      .toSorted((a, b) => b.devices - a.devices);
    expect((await rowsOf(`${BY_STATE}&${rest}`)).map((row) => row['devices'])).toEqual(
      expected.slice(0, 2).map((row) => row.devices),
    );
    const path = BY_STATE.replace('?', '/$count?');
    expect((await feed.get(`/beta/${path}&$filter=devices gt 1`)).text).toBe(String(expected.length));
    expect(Object.keys((await rowsOf(`${BY_STATE}&$select=encryptionState,devices`))[0] ?? {})).toEqual([
      'encryptionState',
      'devices',
    ]);
  });

  test('can start at a single row: the past of a device', async () => {
    const [first] = states;
    const key = String(first?.['deviceKey']);
    const own = states.filter((row) => row['deviceKey'] === first?.['deviceKey']);
    expect(await rowsOf(`devices(${key})/deviceEncryptionStates?$apply=aggregate($count as days)`)).toEqual([
      { days: own.length },
    ]);
  });
});

test('related rows are counted and summed, and a sum of no rows is null', async () => {
  const keys = 'deviceEncryptionStates/deviceKey';
  const steps = `groupby((deviceTypeKey),aggregate(deviceEncryptionStates/$count as days,${keys} with sum as total,${keys} with average as mean))`;
  const keyOf = (row: Row): string => String(row['deviceTypeKey']);
  const typeOf = new Map(devices.map((row) => [row['deviceKey'], keyOf(row)]));
  const statesByType = Object.groupBy(states, (row) => typeOf.get(row['deviceKey']) ?? '');
  const types = [...new Set(devices.map(keyOf))].sort((a, b) => Number(a) - Number(b));
  const expected = types.map((type) => {
    const own = (statesByType[type] ?? []).map((row) => Number(row['deviceKey']));
    const total = own.length === 0 ? null : own.reduce((sum, key) => sum + key, 0);
    const mean = total === null ? null : expect.closeTo(total / own.length, 9);
    return { deviceTypeKey: Number(type), days: own.length, total, mean };
  });
  expect(await rowsOf(`devices?$apply=${steps}`)).toEqual(expected);
  expect(expected.some(({ days: count }) => count > 0)).toBe(true);
});

describe('an aggregate of all rows', () => {
  test('is one row, even of no rows', async () => {
    const aggregation = 'aggregate($count as rows,deviceKey with max as last,deviceKey with average as mean)';
    const keys = devices.map((row) => Number(row['deviceKey']));
    const mean = keys.reduce((sum, key) => sum + key, 0) / keys.length;
    expect(await rowsOf(`devices?$apply=${aggregation}`)).toEqual([
      { rows: keys.length, last: Math.max(...keys), mean: expect.closeTo(mean, 9) },
    ]);
    expect(await rowsOf(`devices?$apply=filter(false)/${aggregation}`)).toEqual([
      { rows: 0, last: null, mean: null },
    ]);
  });

  test('is exact text for clients that ask for it', async () => {
    const steps = 'aggregate(deviceKey with sum as total,deviceName with countdistinct as names)';
    const accept = 'application/json;odata.metadata=none;IEEE754Compatible=true';
    const { json } = await feed.get(`/beta/devices?$apply=${steps}`, { accept });
    const sum = devices.reduce((total, row) => total + Number(row['deviceKey']), 0);
    const names = new Set(devices.map((row) => row['deviceName']).filter((name) => name !== null)).size;
    expect(json.value).toEqual([{ total: String(sum), names: String(names) }]);
  });

  test('is an error where the sum exceeds an Int64', async () => {
    const steps =
      'compute(deviceKey mul 0 add 9223372036854775807 as huge)/aggregate(huge with sum as total)';
    const { status, json } = await feed.get(`/beta/devices?$apply=${steps}`);
    expect(status).toBe(400);
    expect(json.error).toMatchObject({
      code: 'request.type-mismatch',
      message: expect.stringMatching(/Int64/),
    });
  });
});

test('Power BI folds a filter and a grouping into one address', async () => {
  const apply = `filter(isDeleted eq false)/groupby((deviceTypeKey),aggregate(deviceKey with max as Last))`;
  const groups = await rowsOf(`devices?$apply=${encodeURIComponent(apply)}`);
  const existing = devices.filter((row) => row['isDeleted'] === false);
  const types = [...new Set(existing.map((row) => Number(row['deviceTypeKey'])))].sort((a, b) => a - b);
  expect(groups).toEqual(
    types.map((deviceTypeKey) => ({
      deviceTypeKey,
      Last: Math.max(
        ...existing
          .filter((row) => row['deviceTypeKey'] === deviceTypeKey)
          .map((row) => Number(row['deviceKey'])),
      ),
    })),
  );
});

test('the last day of each device is one address', async () => {
  const last = await rowsOf('deviceEncryptionStates?$apply=groupby((deviceKey),topcount(1,dateKey))');
  const lastStates = new Map(states.map((row) => [row['deviceKey'], row]));
  const byKey = (a: Row, b: Row): number => Number(a['deviceKey']) - Number(b['deviceKey']);
  expect(last.toSorted(byKey)).toEqual([...lastStates.values()].sort(byKey));
});

test('subtotals have null in place of a group value, and omit it for clients that omit nulls', async () => {
  const address =
    '/beta/devices?$apply=groupby((rollup($all,deviceTypeKey)),aggregate($count as rows))&$filter=deviceTypeKey eq null';
  const { json } = await feed.get(address, PLAIN);
  expect(json.value).toEqual([{ deviceTypeKey: null, rows: devices.length }]);
  const short = await feed.get(address, { ...PLAIN, prefer: 'omit-values=nulls' });
  expect(short.json.value).toEqual([{ rows: devices.length }]);
});

test.each([
  ['deviceEncryptionStates/asOf(dateKey=20261119)', (row: Row) => row['dateKey'] === 20261119],
  [
    'devices(1)/history(from=20261118,to=20261119)',
    (row: Row) =>
      row['deviceKey'] === 1 && Number(row['dateKey']) >= 20261118 && Number(row['dateKey']) <= 20261119,
  ],
])('what %s leads to is grouped', async (address, isThere) => {
  const rows = address.startsWith('devices') ? await rowsOf('devicePropertyHistories') : states;
  const steps = 'groupby((dateKey),aggregate($count as rows))';
  const counts = countBy(rows.filter(isThere), (row) => String(row['dateKey']));
  expect(await rowsOf(`${address}?$apply=${steps}`)).toEqual(
    Object.entries(counts).map(([day, count]) => ({ dateKey: Number(day), rows: count })),
  );
  expect(Object.keys(counts).length).toBeGreaterThan(0);
});

describe('expand', () => {
  const statesOf = (row: Row, keeps: (state: Row) => boolean): readonly Row[] =>
    states.filter((state) => state['deviceKey'] === row['deviceKey'] && keeps(state));
  const isLast = (state: Row): boolean => state['dateKey'] === TODAY;
  const LAST = `deviceEncryptionStates,filter(dateKey eq ${TODAY})`;

  test('writes rows inside rows, as $expand does, and chooses among them', async () => {
    const steps = `filter(isDeleted eq false)/expand(${LAST},expand(encryptionState))/top(5)`;
    const rows = await rowsOf(`devices?$apply=${steps}&$select=deviceKey`);
    const inside =
      '$expand=deviceEncryptionStates($filter=dateKey eq 20261120;$expand=encryptionState)&$select=deviceKey';
    expect(rows).toEqual(await rowsOf(`devices?$filter=isDeleted eq false&$top=5&${inside}`));
    expect(rows.some((row) => (row['deviceEncryptionStates'] as Row[]).length > 0)).toBe(true);
  });

  test('is followed only by the rows that it chose', async () => {
    const count = 'aggregate(deviceEncryptionStates/$count as days)';
    const days = devices.flatMap((row) => statesOf(row, isLast)).length;
    expect(await rowsOf(`devices?$apply=expand(${LAST})/${count}`)).toEqual([{ days }]);
    const some = await rowsOf(
      `devices?$apply=expand(${LAST})&$filter=deviceEncryptionStates/any()&$select=deviceKey`,
    );
    expect(some.map((row) => row['deviceKey'])).toEqual(
      devices.filter((row) => statesOf(row, isLast).length > 0).map((row) => row['deviceKey']),
    );
  });

  test('is combined with $expand of other navigations', async () => {
    const steps = 'topcount(3,deviceKey)/expand(user)';
    const rows = await rowsOf(`devices?$apply=${steps}&$expand=deviceType&$select=deviceKey`);
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(Object.keys(row)).toEqual(['deviceKey', 'user', 'deviceType']);
    const { status } = await feed.get(`/beta/devices?$apply=${steps}&$expand=user`);
    expect(status).toBe(400);
  });
});

test('rows that are still entities keep their columns and addresses', async () => {
  const steps = 'topcount(2,deviceKey)/compute(deviceKey add 1 as next)';
  const { json } = await feed.get(`/beta/devices?$apply=${steps}`, {
    accept: 'application/json;odata.metadata=full',
  });
  expect(json['@odata.context']).toBe(`${feed.base}/beta/$metadata#devices(*,next)`);
  expect(json.value).toHaveLength(2);
  for (const row of json.value) {
    expect(row['@odata.id']).toBe(`devices(${String(row.deviceKey)})`);
    expect([row['next@odata.type'], row.next]).toEqual(['#Int64', Number(row.deviceKey) + 1]);
    expect(row.deviceName).toEqual(
      devices.find(({ deviceKey }) => deviceKey === row.deviceKey)?.['deviceName'],
    );
  }
});

test.each([
  ['groupby((deviceTypKey))', 'request.unknown-property', 9, /Did you mean 'deviceTypeKey'/],
  ['groupby((deviceType/deviceTypName))', 'request.unknown-property', 9, /Did you mean 'deviceTypeName'/],
  ['groupby((deviceType))', 'request.type-mismatch', 9, /property/],
  ['aggregate(deviceName with sum as s)', 'request.type-mismatch', 10, /sum takes a number.*countdistinct/],
  ['aggregate($count as deviceName)', 'request.malformed-expression', 10, /'deviceName' is taken/],
  ['aggregate($count as n,deviceKey with max as N)', 'request.malformed-expression', 22, /taken by 'n'/],
  ['groupby((isDeleted))/filter(deviceName ne null)', 'request.unknown-property', 28, /deviceName/],
  ['groupby((isDeleted),topsum(1,deviceKey))', 'request.not-offered', 20, /topsum inside groupby/],
  ['topcount(deviceKey,deviceKey)', 'request.type-mismatch', 9, /whole number/],
  ['topsum(3,deviceName)', 'request.type-mismatch', 9, /number/],
  [
    'concat(aggregate(deviceKey with max as m),aggregate(deviceName with max as m))',
    'request.type-mismatch',
    0,
    /m is/,
  ],
  ['expand(usr)', 'request.unknown-property', 7, /Did you mean 'user'/],
  ['expand(user)/expand(user)', 'request.malformed-expression', 20, /twice/],
  ['groupby((isDeleted))/expand(user)', 'request.unknown-property', 28, /user/],
  ['concat(expand(user),identity)', 'request.not-offered', 0, /concat/],
])('%s is refused with its position', async (apply, code, position, message) => {
  const { status, json } = await feed.get(`/beta/devices?$apply=${encodeURIComponent(apply)}`);
  expect([400, 501]).toContain(status);
  expect(json.error).toMatchObject({ code, target: '$apply', message: expect.stringMatching(message) });
  expect(json.error.details.at(-1).message).toBe(`At character ${position + 1}.`);
});
