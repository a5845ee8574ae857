// POST …/$query: the same answer as a GET with those options, and still no way to write.
import { expect, test } from '@jest/globals';
import { fileFeed } from './file-feed.ts';

const feed = fileFeed();

const PLAIN = { 'Content-Type': 'text/plain' };

async function post(
  path: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = PLAIN,
) {
  const response = await fetch(feed.base + path, { method: 'POST', headers, body });
  const text = await response.text();
  return { status: response.status, text, headers: response.headers };
}

test.each([
  ['/beta/devices', '$filter=deviceKey%20gt%203&$top=2'],
  ['/beta/devices', "$filter=deviceName ne 'Ärger & Söhne'&$top=2".replace('&', '%26')],
  ['/beta/devices/$count', '$filter=deviceKey gt 3'],
  ['/beta/devices(7)', '$select=deviceName'],
  ['/beta/deviceTypes(1)/devices', '$orderby=deviceName desc'],
  ['/beta/devices', ''],
  ['/v1.0/dates', '$filter=dateKey eq 20260101'],
  ['/ReportingService/DataWarehouseFEService/devices', 'api-version=beta&$filter=deviceKey gt 3'],
])('%s/$query with %j answers as GET does', async (path, options) => {
  const answer = await feed.get(`${path}?${encodeURI(options).replaceAll('%25', '%')}`);
  expect(answer.status).toBe(200);
  expect(await post(`${path}/$query`, options)).toMatchObject({ status: 200, text: answer.text });
  expect(await post(`${path}/%24query`, `${options}\r\n`)).toMatchObject({ status: 200, text: answer.text });
});

test('a form body works too, and options of the address are combined with those of the body', async () => {
  const form = { 'Content-Type': 'application/x-www-form-urlencoded;charset=utf-8' };
  const { text } = await feed.get('/beta/devices?$select=deviceName&$filter=deviceKey gt 3');
  expect(
    await post('/beta/devices/$query?$select=deviceName', '%24filter=deviceKey+gt+3', form),
  ).toMatchObject({
    status: 200,
    text,
  });
});

test('pages continue by GET, with the options of the body', async () => {
  const options = "$filter=deviceName ne 'ä'&$orderby=deviceName";
  const whole = await feed.get(`/beta/devices?${encodeURI(options)}`);
  const first = await post('/beta/devices/$query', options, { ...PLAIN, Prefer: 'maxpagesize=20' });
  const rows = JSON.parse(first.text).value;
  for (let next = JSON.parse(first.text)['@odata.nextLink']; next !== undefined;) {
    const { status, json } = await feed.get(next.slice(feed.base.length), { prefer: 'maxpagesize=20' });
    expect(status).toBe(200);
    rows.push(...json.value);
    next = json['@odata.nextLink'];
  }
  expect(rows).toEqual(whole.json.value);
});

test('an ETag of the address does not match this answer', async () => {
  const etag = (await feed.get('/beta/devices?$top=1')).headers.get('etag') ?? '';
  expect((await feed.get('/beta/devices?$top=1', { 'if-none-match': etag })).status).toBe(304);
  expect((await post('/beta/devices/$query', '$top=1', { ...PLAIN, 'If-None-Match': etag })).status).toBe(
    200,
  );
});

test.each<[string, string, string | Uint8Array, Record<string, string>, number, string]>([
  [
    'JSON',
    '/beta/devices/$query',
    '{}',
    { 'Content-Type': 'application/json' },
    415,
    'request.unsupported-media',
  ],
  ['no type', '/beta/devices/$query', new Uint8Array(), {}, 415, 'request.unsupported-media'],
  [
    'too long a body',
    '/beta/devices/$query',
    `$filter=${'a'.repeat(20_000)}`,
    PLAIN,
    400,
    'limit.query-too-long',
  ],
  ['no UTF-8', '/beta/devices/$query', Uint8Array.of(0xff), PLAIN, 400, 'request.malformed-url'],
  ['a wrong name', '/beta/devces/$query', '', PLAIN, 404, 'request.unknown-resource'],
  ['an option twice', '/beta/devices/$query?$top=1', '$top=2', PLAIN, 400, 'request.duplicate-option'],
  ['a collection itself', '/beta/devices', '$top=1', PLAIN, 405, 'request.method-not-allowed'],
  ['the middle of a path', '/beta/devices/$query/x', '$top=1', PLAIN, 405, 'request.method-not-allowed'],
])('%s is refused', async (_, path, body, headers, status, code) => {
  const answered = await post(path, body, headers);
  expect([answered.status, JSON.parse(answered.text).error.code]).toEqual([status, code]);
});

test.each(['PUT', 'PATCH', 'DELETE'])('%s is refused as ever', async (method) => {
  expect((await feed.get('/beta/devices/$query', {}, method)).status).toBe(405);
});
