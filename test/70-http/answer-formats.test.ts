// The format and headers of answers: $format before Accept, preferences, counts, documents and refusals.
import { describe, expect, test } from '@jest/globals';
import { fileFeed } from './file-feed.ts';

const feed = fileFeed();

const MINIMAL = 'application/json;odata.metadata=minimal;charset=utf-8';
const NONE = 'application/json;odata.metadata=none;charset=utf-8';
const FULL = 'application/json;odata.metadata=full;charset=utf-8';
const XML = 'application/xml;charset=utf-8';
const PLAIN_JSON = 'application/json;charset=utf-8';
const TEXT = 'text/plain;charset=utf-8';

/** Content type of an answer, or the status of a refusal. */
async function formOf(path: string, accept?: string): Promise<string | number> {
  const { status, headers } = await feed.get(path, accept === undefined ? {} : { accept });
  return status === 200 ? (headers.get('content-type') ?? '') : status;
}

describe('rows', () => {
  test.each<[string, string | undefined, string | number]>([
    ['', undefined, MINIMAL],
    ['', '*/*', MINIMAL],
    ['', 'application/*', MINIMAL],
    ['', 'application/json', MINIMAL],
    ['', 'text/html, application/xml;q=0.9, */*;q=0.8', MINIMAL],
    ['', 'application/json;odata.metadata=full;q=0.5, application/json;odata.metadata=none', NONE],
    ['', 'application/atom+xml, application/json;q=0.1', MINIMAL],
    ['', 'application/json;q=0', 406],
    ['', 'application/xml', 406],
    ['', 'text/plain', 406],
    ['json', undefined, MINIMAL],
    ['json', 'application/xml', MINIMAL],
    ['JSON', 'application/json;odata.metadata=full', MINIMAL],
    ['application/json', 'application/json;odata.metadata=full', MINIMAL],
    ['application/json;odata.metadata=none', 'application/json;odata.metadata=full', NONE],
    ['application/json;metadata=full', undefined, FULL],
    ['json;odata.metadata=full', undefined, FULL],
    ['xml', 'application/json', 406],
    ['atom', undefined, 406],
    ['csv', undefined, 406],
    ['application/json;odata.metadata=much', undefined, 406],
    ['', 'application/json;odata.metadata=much', 406],
  ])('with $format=%s and Accept: %s are %s', async (format, accept, form) => {
    const option = format === '' ? '' : `&$format=${encodeURIComponent(format)}`;
    for (const path of ['/beta/devices?$top=1', '/v1.0/devices?$top=1']) {
      expect(await formOf(path + option, accept)).toBe(form);
    }
  });
});

describe('the service document', () => {
  test.each<[string, string | undefined, string | number]>([
    ['/beta', undefined, MINIMAL],
    ['/beta', 'application/json;odata.metadata=none', NONE],
    ['/beta?$format=json', 'application/xml', MINIMAL],
    ['/beta', 'application/atomsvc+xml', 406],
  ])('%s with Accept: %s is %s', async (path, accept, form) => {
    expect(await formOf(path, accept)).toBe(form);
  });
});

describe('$metadata', () => {
  test.each<[string, string | undefined, string | number]>([
    ['', undefined, XML],
    ['', '*/*', XML],
    ['', 'application/xml', XML],
    ['', 'application/json', PLAIN_JSON],
    ['', 'application/json, application/xml;q=0.5', XML],
    ['', 'text/html', 406],
    ['?$format=xml', 'application/json', XML],
    ['?$format=json', 'application/xml', PLAIN_JSON],
    ['?$format=application/json', undefined, PLAIN_JSON],
    ['?$format=application/xml', undefined, XML],
    ['?$format=csv', undefined, 406],
  ])('%s with Accept: %s is %s', async (query, accept, form) => {
    for (const root of ['/v1.0', '/beta', '/ReportingService/DataWarehouseFEService']) {
      expect(await formOf(`${root}/$metadata${query}`, accept)).toBe(form);
    }
  });

  test('is JSON that can be read, and XML that begins as such', async () => {
    expect((await feed.get('/beta/$metadata?$format=json')).json).toMatchObject({
      $Version: expect.any(String),
    });
    expect((await feed.get('/beta/$metadata?$format=xml')).text).toMatch(/^<\?xml /);
  });

  test.each(['$filter=a eq 1', '$expand=a', '$apply=identity', '$search=a', '$compute=1 as b', '$top=1'])(
    'is not shaped by %s',
    async (option) => {
      const { status, json } = await feed.get(`/beta/$metadata?${option}`);
      expect([status, json.error.code]).toEqual([400, 'request.malformed-option']);
      expect(json.error.target).toBe(option.split('=')[0]);
    },
  );
});

describe('counts', () => {
  test.each([
    ['/v1.0/devices/$count', undefined],
    ['/beta/devices/$count', undefined],
    ['/beta/devices/$count', 'text/plain'],
    ['/beta/devices/$count', 'application/json'],
    ['/beta/devices/$count?$format=json', 'text/plain'],
    ['/beta/devices/%24count', '*/*'],
    ['/beta/devices/$count/', undefined],
  ])('%s with Accept: %s is a bare number', async (path, accept) => {
    const { status, headers, text } = await feed.get(path, accept === undefined ? {} : { accept });
    expect([status, headers.get('content-type'), text]).toEqual([200, TEXT, String(feed.count('devices'))]);
  });

  test('follow the filter, beside the rows and alone', async () => {
    const filter = '$filter=deviceKey gt 10';
    const alone = Number((await feed.get(`/beta/devices/$count?${filter}`)).text);
    const beside = await feed.get(`/beta/devices?$count=true&$top=0&${filter}`);
    expect(beside.json).toMatchObject({ '@odata.count': alone, value: [] });
    expect(alone).toBeLessThan(feed.count('devices'));
  });

  test('are text beside rows where the client cannot hold an Int64', async () => {
    const { json } = await feed.get('/beta/devices?$count=true&$top=1', {
      accept: 'application/json;IEEE754Compatible=true',
    });
    expect(json['@odata.count']).toBe(String(feed.count('devices')));
  });

  test('are absent unless requested', async () => {
    for (const query of ['$top=1', '$top=1&$count=false']) {
      expect((await feed.get(`/beta/devices?${query}`)).json).not.toHaveProperty(['@odata.count']);
    }
  });
});

describe('a bare value', () => {
  test('is plain text, whatever Accept says', async () => {
    const { json } = await feed.get('/beta/devices?$top=1');
    const path = `/beta/devices(${json.value[0].deviceKey})/deviceKey/$value`;
    expect(await formOf(path, 'application/json')).toBe(TEXT);
    expect(await formOf(`${path}?$format=json`)).toBe(TEXT);
  });
});

describe('preferences', () => {
  const getPreferring = async (path: string, prefer: string) => feed.get(path, { prefer });

  test('omit-values=nulls: each row has what the full row has, except nulls', async () => {
    const plain = await feed.get('/beta/devices');
    const spare = await getPreferring('/beta/devices', 'omit-values=nulls');
    expect(spare.headers.get('preference-applied')).toBe('omit-values=nulls');
    const whole = plain.json.value.map((row: object) =>
      Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)),
    );
    expect(spare.json.value).toEqual(whole);
    expect(plain.headers.get('preference-applied')).toBeNull();
    expect(spare.headers.get('etag')).not.toBe(plain.headers.get('etag'));
  });

  test('omit-values=nulls: a single row likewise, and a property that is null has no content', async () => {
    const { json } = await feed.get('/beta/devices?$top=1');
    const address = `/beta/devices(${json.value[0].deviceKey})`;
    const row = await getPreferring(address, 'omit-values=nulls');
    expect(Object.values(row.json)).not.toContain(null);
    expect(row.headers.get('preference-applied')).toBe('omit-values=nulls');
  });

  test.each([
    'maxpagesize=0',
    'maxpagesize=-1',
    'maxpagesize=many',
    'omit-values=defaults',
    'return=minimal',
  ])('%s has no sense here and is not claimed to be met', async (prefer) => {
    const { status, headers } = await getPreferring('/beta/dates', prefer);
    expect([status, headers.get('preference-applied')]).toEqual([200, null]);
  });

  test('maxpagesize: small pages hold the same rows as one large page', async () => {
    const whole = await feed.get('/beta/devices?$select=deviceKey');
    const rows: unknown[] = [];
    let next: string | undefined = '/beta/devices?$select=deviceKey';
    for (let pages = 0; next !== undefined && pages < 99; pages += 1) {
      const { json, headers } = await getPreferring(next, 'odata.maxpagesize=10');
      expect(headers.get('preference-applied')).toBe('odata.maxpagesize=10');
      expect(json.value.length).toBeLessThanOrEqual(10);
      rows.push(...json.value);
      next = json['@odata.nextLink']?.replace(feed.base, '');
    }
    expect(rows).toEqual(whole.json.value);
  });
});

describe('headers', () => {
  test.each([
    ['/', 200],
    ['/v1.0', 200],
    ['/beta/$metadata', 200],
    ['/beta/devices?$top=1', 200],
    ['/beta/devices/$count', 200],
    ['/beta/devices?$top=x', 400],
    ['/beta/nothing', 404],
    ['/beta/$all', 501],
    ['/nowhere', 404],
  ])('of %s are those of every answer', async (path, status) => {
    const answer = await feed.get(path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('odata-version')).toBe('4.0');
    expect(answer.headers.get('request-id')).toMatch(/^[\da-f-]{36}$/);
    expect(answer.headers.get('vary')).toBe(
      'Accept, Accept-Encoding, Authorization, Prefer, OData-MaxVersion, X-Api-Key',
    );
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    if (status >= 400) {
      // Errors are JSON even for clients that accept other formats: no other format can hold them.
      expect(answer.headers.get('content-type')).toBe(PLAIN_JSON);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.json.error).toMatchObject({ code: expect.any(String), message: expect.any(String) });
    }
  });

  test('a refusal of the format is readable itself', async () => {
    const { status, headers, json } = await feed.get('/beta/devices', { accept: 'application/xml' });
    expect([status, headers.get('content-type')]).toEqual([406, PLAIN_JSON]);
    expect(json.error.message).toContain('Ask for application/json.');
  });

  test.each([
    ['OData-MaxVersion', '4.0', 200],
    ['OData-MaxVersion', '4.01', 200],
    ['OData-MaxVersion', '5.0', 200],
    ['OData-MaxVersion', '3.0', 400],
    ['OData-Version', '4.01', 200],
    ['OData-Version', '5.0', 400],
    ['OData-Version', 'four', 400],
  ])('%s: %s is answered with %s', async (name, version, status) => {
    for (const path of ['/beta/devices?$top=1', '/beta/$metadata', '/beta']) {
      const answer = await feed.get(path, { [name]: version });
      expect([answer.status, answer.headers.get('odata-version')]).toEqual([status, '4.0']);
    }
  });
});
