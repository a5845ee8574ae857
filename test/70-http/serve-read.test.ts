// The feed over HTTP as its clients see it: a real server over a warehouse that real runs have made.
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TODAY, makeTestWarehouse, startTestFeed, type TestFeed } from './test-feed.ts';

const LONG = '/ReportingService/DataWarehouseFEService';
let warehouse: Awaited<ReturnType<typeof makeTestWarehouse>>;
let data: string;
let feed: TestFeed;

beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  ({ data } = warehouse);
  feed = await startTestFeed({ data });
});
afterAll(async () => {
  await feed.stop();
  warehouse.remove();
});

describe('the addresses', () => {
  test.each([LONG, `${LONG}/`, `/TrafficGateway/TrafficRoutingService${LONG}`, '/v1.0', '/beta/'])(
    '%s is a service document with its context first',
    async (path) => {
      const { status, text, json } = await feed.get(path);
      expect(status).toBe(200);
      expect(text).toMatch(/^\{"@odata\.context":"http/);
      expect(json.value.map(({ name }: { name: string }) => name)).toContain('devices');
    },
  );

  test.each([
    [`${LONG}/dates?$top=1`, `${LONG}/$metadata#dates`],
    [`${LONG}/dates?$top=1&api-version=v1.0`, `${LONG}/$metadata#dates`],
    [`${LONG}/dates?$top=1&api-version=beta`, '/beta/$metadata#dates'],
    ['/beta/dates?$top=1', '/beta/$metadata#dates'],
    ['/v1.0/dates?$top=1&$select=calendarYear,dateKey', '/v1.0/$metadata#dates(dateKey,calendarYear)'],
    ['/v1.0/dates(20260101)', '/v1.0/$metadata#dates/$entity'],
    ['/v1.0/dates/20260101/dayOfWeek', '/v1.0/$metadata#dates(20260101)/dayOfWeek'],
    ['/v1.0/dates(20260101)/dayOfWeek', '/v1.0/$metadata#dates(20260101)/dayOfWeek'],
  ])('%s has the context %s', async (path, context) => {
    const { json } = await feed.get(path);
    expect(json['@odata.context']).toBe(`${feed.base}${context}`);
  });

  test('the metadata that a context points at is of the same version', async () => {
    const v1 = await feed.get(`${LONG}/$metadata`, { accept: 'application/xml' });
    const beta = await feed.get('/beta/$metadata', { accept: 'application/xml' });
    expect(v1.headers.get('content-type')).toBe('application/xml;charset=utf-8');
    expect(v1.text).not.toContain('Name="iccid"');
    expect(beta.text).toContain('Name="iccid"');
  });

  test.each([
    [`${LONG}/devices?api-version=`, 'request.bad-version'],
    [`${LONG}/devices?api-version=v2.0`, 'request.bad-version'],
    ['/v1.0/devices?api-version=beta', 'request.bad-version'],
    ['/v1.0/devices?maxhistorydays=-1', 'request.bad-history-days'],
    ['/v1.0/devices?maxhistorydays=x', 'request.bad-history-days'],
    ['/v1.0/devices?$frobnicate=1', 'request.unknown-option'],
    ['/v1.0/devices?$top=x', 'request.malformed-option'],
    ["/v1.0/devices?$filter=deviceName eq 'x'", 'request.not-in-v1'],
    ['/v1.0/devices?$orderby=deviceName', 'request.not-in-v1'],
    ['/v1.0/devices?$select=deviceNam', 'request.unknown-property'],
    ['/v1.0/$metadata?$top=1', 'request.malformed-option'],
    ['/v1.0/devices?$skiptoken=x', 'request.bad-skiptoken'],
  ])('%s is 400 %s, as an OData error', async (path, code) => {
    const { status, json, headers } = await feed.get(path);
    expect(status).toBe(400);
    expect(json.error).toMatchObject({
      code,
      message: expect.stringMatching(/\.$/),
      target: expect.anything(),
    });
    expect(headers.get('odata-version')).toBe('4.0');
  });

  test('what v1.0 refuses names what is allowed and where the rest is', async () => {
    const { json } = await feed.get("/v1.0/devices?$filter=startswith(deviceName,'x')");
    expect(json.error.message).toContain('dateKey');
    expect(json.error.message).toContain('/beta/devices');
  });

  test.each(['/v1.0/nothing', '/nowhere', '/v1.0/devices(7)/nothing', '/v1.0/devices(987654)'])(
    '%s is 404',
    async (path) => expect((await feed.get(path)).status).toBe(404),
  );

  test('a query that is too long gets an error of the feed, not of the HTTP server', async () => {
    const { status, json } = await feed.get(`/v1.0/devices?$filter=${'x'.repeat(17_000)}`);
    expect([status, json.error.code]).toEqual([400, 'limit.query-too-long']);
  });
});

describe('the protocol', () => {
  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    '%s is 405 and names what is allowed',
    async (method) => {
      const { status, headers } = await feed.get('/v1.0/devices', {}, method);
      expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    },
  );

  test('HEAD has the headers of GET and no body', async () => {
    for (const path of ['/v1.0', '/v1.0/$metadata', '/v1.0/devices?$top=1', '/v1.0/dates(20260101)']) {
      const head = await feed.get(path, {}, 'HEAD');
      const get = await feed.get(path);
      expect([head.status, head.text]).toEqual([200, '']);
      for (const name of ['content-type', 'etag', 'odata-version']) {
        expect(head.headers.get(name)).toBe(get.headers.get(name));
      }
    }
  });

  test('HEAD finds no more than GET does', async () => {
    for (const path of ['/v1.0/devices(99999)', '/v1.0/devices(99999)/userDeviceAssociations']) {
      expect((await feed.get(path, {}, 'HEAD')).status).toBe(404);
    }
  });

  test('one OData-Version, whatever version is asked for, and older clients are refused', async () => {
    const { headers } = await feed.get('/v1.0', { 'odata-maxversion': '4.01' });
    expect(headers.get('odata-version')).toBe('4.0');
    const { status, json } = await feed.get('/v1.0', { 'odata-maxversion': '3.0' });
    expect([status, json.error.code]).toEqual([400, 'request.protocol-version']);
    expect((await feed.get('/v1.0', { maxdataserviceversion: '3.0' })).status).toBe(200);
  });

  test('an answer has the ETag of its generation, and 304 reads no row', async () => {
    for (const path of ['/v1.0', '/v1.0/$metadata', '/v1.0/devices?$top=1', '/v1.0/devices/$count']) {
      const { headers } = await feed.get(path);
      const etag = headers.get('etag') ?? '';
      const again = await feed.get(path, { 'if-none-match': `"other", ${etag}` });
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
    }
  });

  test('another query has another ETag', async () => {
    const questions: readonly (readonly [string, Record<string, string>])[] = [
      ['/v1.0/devices?$top=1', {}],
      ['/v1.0/devices?$top=2', {}],
      ['/beta/devices?$top=1', {}],
      ['/v1.0/devices?$top=1', { accept: 'application/json;odata.metadata=full' }],
      ['/v1.0/devices?$top=1', { prefer: 'omit-values=nulls' }],
      ['/v1.0/devices?$top=1', { 'accept-encoding': 'gzip' }],
    ];
    const answers = await Promise.all(questions.map(([path, headers]) => feed.get(path, headers)));
    const tags = answers.map(({ headers }) => headers.get('etag'));
    expect(new Set(tags).size).toBe(questions.length);
  });

  test('an answer that depends on the current time has no ETag', async () => {
    const { status, headers } = await feed.get('/beta/devices?$filter=lastSyncDateTime lt now()');
    expect([status, headers.get('etag')]).toEqual([200, null]);
  });

  test('gzip is the same answer, compressed', async () => {
    const plain = await feed.get('/v1.0/dates');
    const packed = await feed.raw('/v1.0/dates', { 'accept-encoding': 'gzip, deflate' });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(packed.body.length).toBeLessThan(plain.text.length / 5);
    expect(gunzipSync(packed.body).toString()).toBe(plain.text);
  });

  test.each([
    [{}, 'application/json;odata.metadata=minimal;charset=utf-8'],
    [
      { accept: 'application/json;odata.metadata=none' },
      'application/json;odata.metadata=none;charset=utf-8',
    ],
    [{ accept: '*/*' }, 'application/json;odata.metadata=minimal;charset=utf-8'],
    [
      { accept: 'application/json;IEEE754Compatible=true' },
      'application/json;odata.metadata=minimal;IEEE754Compatible=true;charset=utf-8',
    ],
  ])('Accept %j is answered as %s', async (headers, type) => {
    expect((await feed.get('/v1.0/devices?$top=1', headers)).headers.get('content-type')).toBe(type);
  });

  test('metadata=none has no context, full has addresses and types', async () => {
    const none = await feed.get('/v1.0/devices?$top=1&$format=application/json;odata.metadata=none');
    expect(Object.keys(none.json)).toEqual(['value']);
    const full = await feed.get('/v1.0/devices?$top=1', { accept: 'application/json;odata.metadata=full' });
    expect(full.json.value[0]).toMatchObject({
      '@odata.id': expect.stringMatching(/^devices\(-?\d+\)$/),
      'deviceKey@odata.type': '#Int32',
    });
  });

  test('a format that is not offered is 406', async () => {
    const { status, json } = await feed.get('/v1.0/devices', { accept: 'application/atom+xml' });
    expect([status, json.error.code]).toEqual([406, 'request.not-acceptable']);
  });

  test('the preferences that were applied are confirmed', async () => {
    const { headers, json } = await feed.get('/v1.0/devices?$top=5', {
      prefer: 'odata.maxpagesize=2, omit-values=nulls, respond-async',
    });
    expect(headers.get('preference-applied')).toBe('odata.maxpagesize=2, omit-values=nulls');
    expect(json.value).toHaveLength(2);
    expect(Object.values(json.value[0])).not.toContain(null);
  });

  test('an answer has the request id of its client', async () => {
    const { headers } = await feed.get('/v1.0', { 'client-request-id': 'abc-123' });
    expect(headers.get('client-request-id')).toBe('abc-123');
  });

  test('Server-Timing names the steps of the request', async () => {
    const stepsOf = async (address: string, headers = {}): Promise<string | undefined> =>
      (await feed.get(address, headers)).headers.get('server-timing')?.replaceAll(/;dur=\d+\.\d\d/g, '');
    const { headers } = await feed.get('/v1.0/devices?$top=1');
    expect(await stepsOf('/v1.0/devices?$top=1')).toBe('parse, plan, render, read, encode');
    expect(await stepsOf('/beta/devices(1)')).toBe('parse, plan, render, read, encode');
    expect(await stepsOf('/v1.0/devices?$top=1', { 'if-none-match': headers.get('etag') })).toBe(
      'parse, plan',
    );
    expect(await stepsOf('/beta/devices?$filter=none eq 1')).toBe('parse, plan');
    expect(await stepsOf('/beta/devices?$filter=')).toBe('parse');
    expect(await stepsOf('/v1.0/$metadata')).toBe('parse');
  });

  test('a forwarded host is used only from a trusted proxy', async () => {
    const forwarded = {
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'fleet.example',
      'x-forwarded-prefix': '/w',
    };
    const { json } = await feed.get('/v1.0/dates?$top=1', forwarded);
    expect(json['@odata.context']).toBe(`${feed.base}/v1.0/$metadata#dates`);
    const behind = await startTestFeed({ data, anonymous: 'allow', trustedProxies: ['loopback'] });
    const trusted = await behind.get('/v1.0/dates', { ...forwarded, prefer: 'maxpagesize=1' });
    expect(trusted.json['@odata.context']).toBe('https://fleet.example/w/v1.0/$metadata#dates');
    expect(trusted.json['@odata.nextLink']).toMatch(
      /^https:\/\/fleet\.example\/w\/v1\.0\/dates\?\$skiptoken=/,
    );
    await behind.stop();
    const named = await startTestFeed({ data, anonymous: 'allow', publicUrl: 'https://public.example/feed' });
    expect((await named.get('/beta')).json['@odata.context']).toBe(
      'https://public.example/feed/beta/$metadata',
    );
    await named.stop();
  });
});

describe('pages', () => {
  const follow = async (path: string, headers = {}): Promise<readonly Record<string, unknown>[]> => {
    const rows = [];
    for (let next: string | undefined = path; next !== undefined;) {
      const { status, json } = await feed.get(next.replace(feed.base, ''), headers);
      expect(status).toBe(200);
      rows.push(...json.value);
      next = json['@odata.nextLink'];
    }
    return rows;
  };

  test('every collection of both versions, followed page by page, is the table row for row', async () => {
    for (const version of ['v1.0', 'beta']) {
      const { json } = await feed.get(`/${version}`);
      for (const { name } of json.value) {
        const count = feed.count(name);
        const size = Math.max(3, Math.ceil(count / 4));
        const rows = await follow(`/${version}/${name}`, { prefer: `odata.maxpagesize=${size}` });
        const whole = await feed.get(`/${version}/${name}`);
        expect([name, rows.length]).toEqual([name, count]);
        expect(rows).toEqual(whole.json.value);
        const keys = rows.map((row) => JSON.stringify(feed.keyOf(name, row)));
        expect(new Set(keys).size).toBe(count);
      }
    }
  });

  test('a next link keeps the options as they were written, and $top spans pages', async () => {
    const path = `${LONG}/dates?api-version=v1.0&%24select=dateKey&$top=5&key=hunter2`;
    const first = await feed.get(path, { prefer: 'odata.maxpagesize=2' });
    expect(first.json['@odata.nextLink']).toMatch(
      new RegExp(`^${feed.base}${LONG}/dates\\?api-version=v1\\.0&%24select=dateKey&\\$top=5&\\$skiptoken=`),
    );
    const rows = await follow(path, { prefer: 'odata.maxpagesize=2' });
    expect(rows.map(({ dateKey }) => dateKey)).toEqual([20160101, 20160102, 20160103, 20160104, 20160105]);
  });

  test('$skip counts once, and beyond the end there is nothing', async () => {
    const rows = await follow('/v1.0/dates?$skip=2&$top=3', { prefer: 'maxpagesize=1' });
    expect(rows.map(({ dateKey }) => dateKey)).toEqual([20160103, 20160104, 20160105]);
    expect((await feed.get('/v1.0/dates?$skip=1000000')).json.value).toEqual([]);
  });

  test('$count counts all rows, on every page', async () => {
    const { json } = await feed.get('/v1.0/dates?$count=true&$top=1');
    expect(Object.keys(json)).toEqual(['@odata.context', '@odata.count', 'value']);
    expect(json['@odata.count']).toBe(feed.count('dates'));
    expect((await feed.get('/v1.0/dates/$count')).text).toBe(String(feed.count('dates')));
  });

  test('a skip token works for its own query only', async () => {
    const { json } = await feed.get('/beta/dates?$top=9', { prefer: 'maxpagesize=1' });
    const token = new URL(json['@odata.nextLink']).searchParams.get('$skiptoken');
    for (const other of ['/beta/devices?$top=9', '/beta/dates?$top=8', '/v1.0/dates?$top=9']) {
      expect((await feed.get(`${other}&$skiptoken=${token}`)).json.error.code).toBe('request.bad-skiptoken');
    }
  });
});

describe('rows', () => {
  test('a null property and a navigation to no row have no content', async () => {
    const { json } = await feed.get('/beta/devices?$filter=userId eq null&$top=1');
    const [device] = json.value;
    expect((await feed.get(`/beta/devices(${device.deviceKey})/userId`)).status).toBe(204);
  });

  test('a property has its context, and its bare value behind $value', async () => {
    const { json } = await feed.get('/v1.0/dates(20260101)/calendarYear');
    expect(json.value).toBe(2026);
    const bare = await feed.get('/v1.0/dates(20260101)/calendarYear/$value');
    expect([bare.text, bare.headers.get('content-type')]).toEqual(['2026', 'text/plain;charset=utf-8']);
  });

  test('a navigation from a row that does not exist is 404', async () => {
    expect((await feed.get('/v1.0/devices(987654)/deviceType')).status).toBe(404);
    expect((await feed.get('/v1.0/devices(987654)/deviceName')).status).toBe(404);
  });
});

describe('beside the feed', () => {
  test('the observation of a request has no key and no value', async () => {
    await feed.get("/beta/devices(7)/deviceName?$select=x&$filter=deviceName eq 'Megan'");
    const observation = feed.observations.at(-1);
    expect(observation).toMatchObject({
      kind: 'request.answered',
      shape: '/beta/devices()/deviceName?$select&$filter',
      status: 400,
    });
    expect(JSON.stringify(observation)).not.toContain('Megan');
  });

  test('/-/live and /-/ready report health and the age of the data', async () => {
    expect((await feed.get('/-/live')).json).toEqual({ status: 'live' });
    const ready = await feed.get('/-/ready');
    expect([ready.status, ready.json.status]).toEqual([200, 'ready']);
    expect(ready.json.lastRun).toMatchObject({ dateKey: TODAY, outcome: 'published', reason: null });
    const stale = await startTestFeed({ data, readyHours: 0 });
    expect((await stale.get('/-/ready')).status).toBe(503);
    await stale.stop();
  });

  test('the front page shows the addresses to paste and runs no script', async () => {
    const { text, headers } = await feed.get('/');
    expect(text).toContain(`${feed.base}${LONG}`);
    expect(text).not.toContain('<script');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test('an empty warehouse answers with Retry-After', async () => {
    const empty = await startTestFeed({ data: `${data}/empty` });
    const { status, json, headers } = await empty.get('/v1.0/devices');
    expect([status, json.error.code, headers.get('retry-after')]).toEqual([503, 'feed.empty', '60']);
    expect((await empty.get('/v1.0')).status).toBe(200);
    expect((await empty.get('/-/ready')).status).toBe(503);
    await empty.stop();
  });
});
