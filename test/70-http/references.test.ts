// `/$ref`: rows as addresses only, compared with the addresses that the rows themselves have.
import { expect, test } from '@jest/globals';
import type { TestFeed } from './test-feed.ts';
import { fileFeed } from './file-feed.ts';

const feed = fileFeed();

const FULL = { accept: 'application/json;odata.metadata=full' };

/** The addresses of the rows, as the rows themselves have them. */
async function idsOf(path: string): Promise<readonly unknown[]> {
  const { status, json } = await feed.get(`/beta/${path}`, FULL);
  expect([path, status]).toEqual([path, 200]);
  return json.value.map((row: Readonly<Record<string, unknown>>) => ({ '@odata.id': row['@odata.id'] }));
}

test('every collection can be read as references to its rows', async () => {
  const { json: root } = await feed.get('/beta');
  for (const { name } of root.value) {
    const { status, json } = await feed.get(`/beta/${name}/$ref?$top=20`);
    expect([name, status]).toEqual([name, 200]);
    expect(json).toEqual({
      '@odata.context': `${feed.base}/beta/$metadata#Collection($ref)`,
      value: await idsOf(`${name}?$top=20`),
    });
  }
});

test.each([
  [
    'devices/$ref?$filter=deviceKey gt 7 and not isDeleted',
    'devices?$filter=deviceKey gt 7 and not isDeleted',
  ],
  ['devices/$ref?$orderby=deviceName desc&$skip=3&$top=4', 'devices?$orderby=deviceName desc&$skip=3&$top=4'],
  ['devices/$ref?$orderby=deviceType/deviceTypeName', 'devices?$orderby=deviceType/deviceTypeName'],
  ['devices/$ref?$search=windows', 'devices?$search=windows'],
  ['deviceTypes(1)/devices/$ref', 'deviceTypes(1)/devices'],
  ['devices(7)/devicePropertyHistories/$ref', 'devices(7)/devicePropertyHistories'],
  ['devicePropertyHistories/asOf(dateKey=20261118)/$ref', 'devicePropertyHistories/asOf(dateKey=20261118)'],
  ['devices(7)/history(from=20261118,to=20261119)/$ref', 'devices(7)/history(from=20261118,to=20261119)'],
])('%s are those of %s', async (references, rows) => {
  const ids = await idsOf(rows);
  expect(ids.length).toBeGreaterThan(0);
  expect((await feed.get(`/beta/${references}`)).json.value).toEqual(ids);
});

test('pages hold each reference once, with the count of all', async () => {
  const all = await idsOf('devices');
  const read: unknown[] = [];
  for (let next: string | undefined = '/beta/devices/$ref?$count=true'; next !== undefined;) {
    const { json }: Awaited<ReturnType<TestFeed['get']>> = await feed.get(next, { prefer: 'maxpagesize=10' });
    expect(json['@odata.count']).toBe(all.length);
    read.push(...json.value);
    next = json['@odata.nextLink']?.slice(feed.base.length);
  }
  expect(read).toEqual(all);
});

test('one row has one reference, which leads to it', async () => {
  const { json } = await feed.get('/beta/devices(7)/deviceType/$ref');
  expect(json).toEqual({
    '@odata.context': `${feed.base}/beta/$metadata#$ref`,
    '@odata.id': expect.stringMatching(/^deviceTypes\(\d+\)$/),
  });
  const type = await feed.get(`/beta/${json['@odata.id']}`);
  const direct = await feed.get('/beta/devices(7)/deviceType');
  expect({ ...type.json, '@odata.context': null }).toEqual({ ...direct.json, '@odata.context': null });
  expect((await feed.get('/beta/devices(7)/$ref')).json['@odata.id']).toBe('devices(7)');
});

test('a navigation to no row has no reference, and a row that does not exist is 404', async () => {
  const { json } = await feed.get('/beta/devices?$filter=user eq null&$top=1');
  const [{ deviceKey }] = json.value;
  expect((await feed.get(`/beta/devices(${deviceKey})/user/$ref`)).status).toBe(204);
  expect((await feed.get('/beta/devices(987654)/$ref')).status).toBe(404);
  expect((await feed.get('/beta/devices(987654)/devicePropertyHistories/$ref')).status).toBe(404);
});

test('no advice is about columns that are not sent', async () => {
  expect((await feed.get('/beta/devices')).headers.get('fleetfeed-advice')).toContain('no-select');
  expect((await feed.get('/beta/devices/$ref')).headers.get('fleetfeed-advice')).toBeNull();
});

test.each([
  ['/beta/devices/$ref?$select=deviceName', 400, 'request.malformed-option'],
  ['/beta/devices/$ref?$expand=user', 400, 'request.malformed-option'],
  ['/beta/devices/$ref?$apply=identity', 400, 'request.malformed-option'],
  ['/beta/devices(7)/$ref?$filter=true', 400, 'request.malformed-option'],
  ['/beta/devices(7)/deviceName/$ref', 404, 'request.unknown-resource'],
  ['/v1.0/devices/$ref', 400, 'request.not-in-v1'],
])('%s is %i', async (path, status, code) => {
  const { status: answered, json } = await feed.get(path);
  expect([answered, json.error.code]).toEqual([status, code]);
});
