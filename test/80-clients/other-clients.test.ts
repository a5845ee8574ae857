// The vendor's own samples, and other clients whose requests are known: each sends what it really sends.
import { describe, expect, test } from '@jest/globals';
import { fileFeed } from '../70-http/file-feed.ts';
import { duplicatesOf, pull, type Row } from './pull.ts';

const ROOT = '/ReportingService/DataWarehouseFEService';
const feed = fileFeed();

describe('the vendor’s PowerShell sample', () => {
  const headers = {
    'content-type': 'application/json',
    authorization: 'Bearer abc',
    'client-request-id': '9f3c5a52-0000-4000-8000-000000000001',
  };

  test('reads the names, then ten thousand rows of one collection in one answer', async () => {
    const { json } = await feed.get(`${ROOT}?api-version=beta`, headers);
    expect(json.value.map(({ name }: Row) => name)).toContain('mamEffectivePolicies');
    const page = await feed.get(`${ROOT}/dates?api-version=beta&$skip=0&$top=10000`, headers);
    expect(page.json.value.length).toBe(feed.count('dates'));
    expect(page.json['@odata.nextLink']).toBeUndefined();
    expect(page.headers.get('client-request-id')).toBe(headers['client-request-id']);
  });

  test('with -All, follows links through every collection, and each has the rows of the warehouse', async () => {
    const { json } = await feed.get(`${ROOT}?api-version=beta`, headers);
    for (const { name } of json.value) {
      const { rows } = await pull(feed, `${ROOT}/${name}?api-version=beta`, {
        ...headers,
        prefer: 'maxpagesize=1000',
      });
      expect([name, rows.length]).toEqual([name, feed.count(name)]);
    }
  });
});

test('the vendor’s C# sample sends a token and no Accept', async () => {
  const { status, headers, json } = await feed.get(`${ROOT}/dates?api-version=v1.0`, {
    authorization: 'Bearer abc',
  });
  expect(status).toBe(200);
  expect(headers.get('content-type')).toMatch(/^application\/json/);
  expect(json.value[0]).toMatchObject({ dateKey: 20160101, fullDate: '2016-01-01T00:00:00Z', dayOfWeek: 6 });
});

test('Postman accepts anything and gets JSON', async () => {
  const { json } = await feed.get(`${ROOT}/dates?api-version=v1.0`, { accept: '*/*' });
  expect(json['@odata.context']).toBe(`${feed.base}${ROOT}/$metadata#dates`);
});

describe('the compliance report for Power BI', () => {
  const UNIQUE: Readonly<Record<string, string>> = {
    dates: 'dateKey',
    devices: 'deviceKey',
    policies: 'policyKey',
    policyTypeActivities: '',
    policyTypes: 'policyTypeId',
    policyPlatformTypes: 'policyPlatformTypeKey',
    policyDeviceActivities: '',
    compliancePolicyStatusDeviceActivities: 'dateKey',
    compliancePolicyStatusDevicePerPolicyActivities: '',
    deviceConfigurationProfileDeviceActivities: 'dateKey',
    deviceConfigurationProfileUserActivities: 'dateKey',
    managementAgentTypes: 'managementAgentKey',
    managementStates: 'managementStateKey',
    deviceTypes: 'deviceTypeKey',
    deviceRegistrationStates: 'deviceRegistrationStateKey',
    deviceCategories: 'deviceCategoryKey',
    complianceStates: 'complianceStateKey',
    ownerTypes: 'ownerTypeKey',
    users: 'userId',
  };

  test('connects at the path form of the version, with its own spelling of maxhistorydays', async () => {
    const { status, json } = await feed.get('/v1.0/?MaxHistoryDays=7');
    expect(status).toBe(200);
    expect(json.value.map(({ name }: Row) => name)).toEqual(expect.arrayContaining(Object.keys(UNIQUE)));
  });

  test.each(Object.entries(UNIQUE))('%s loads, and its relationship holds', async (name, column) => {
    const { rows } = await pull(feed, `/v1.0/${name}?MaxHistoryDays=7`);
    expect(rows.length).toBeGreaterThan(0);
    if (column === '') return;
    expect(rows.filter((row) => row[column] === null)).toEqual([]);
    expect(duplicatesOf(rows, [column])).toEqual([]);
  });

  test('every key of a device is found in its lookup', async () => {
    const { rows } = await pull(feed, '/v1.0/devices');
    for (const [lookup, column] of Object.entries(UNIQUE).filter(([, key]) => /Key$/.test(key))) {
      if (!(column in rows[0]!) || lookup === 'devices') continue;
      const keys = new Set((await pull(feed, `/v1.0/${lookup}`)).rows.map((row) => row[column]));
      expect(rows.filter((row) => !keys.has(row[column]))).toEqual([]);
    }
  });
});

test('a Python client with blanks around its numbers reads until a page is empty', async () => {
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  const rows: Row[] = [];
  for (let skip = 0; ; skip += 10) {
    const { status, json } = await feed.get(
      `${ROOT}/devices?api-version=v1.0&$skip= ${skip} &$top=10`,
      headers,
    );
    expect(status).toBe(200);
    if (json.value.length === 0) break;
    rows.push(...json.value);
  }
  expect(rows.length).toBe(feed.count('devices'));
});

test('a browser client encodes the dollar and the comma', async () => {
  const { json } = await feed.get(`${ROOT}/devices?%24select=deviceKey%2CdeviceId&%24top=2`);
  expect(Object.keys(json.value[0])).toEqual(['deviceKey', 'deviceId']);
});

test('a form writes blanks as plus', async () => {
  const { status, json } = await feed.get('/beta/devices?$filter=isDeleted+eq+false&$top=5');
  expect(status).toBe(200);
  expect(json.value.length).toBe(5);
});

test.each(['/v1.0/$metadata', `${ROOT}/$metadata?api-version=v1.0`])(
  'Data Factory, SSIS and Tableau find the metadata at %s, in types they know',
  async (path) => {
    const { text } = await feed.get(path, { accept: 'application/xml' });
    const types = new Set([...text.matchAll(/<Property [^>]*Type="([\w.]+)"/g)].map((match) => match[1]));
    expect([...types].sort()).toEqual([
      'Edm.Boolean',
      'Edm.DateTimeOffset',
      'Edm.Int32',
      'Edm.Int64',
      'Edm.String',
    ]);
  },
);
