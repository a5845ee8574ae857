// Requests made to be expensive: each is answered or refused, and the next request of another client is as fast as ever.
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PATHOLOGICAL_QUERIES } from '../20-odata/pathological-queries.ts';
import { makeTestWarehouse, startTestFeed, type TestFeed } from './test-feed.ts';

// Sanity bounds, not times: elsewhere these took minutes or a process, and the machine may be busy.
const ANSWERED_MS = 10_000;
const POLITE_MS = 1000;

let warehouse: Awaited<ReturnType<typeof makeTestWarehouse>>;
let feed: TestFeed;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  // One worker, so that a request that occupies it shows.
  feed = await startTestFeed({ data: warehouse.data, workers: 1 });
});
afterAll(async () => {
  await feed.stop();
  warehouse.remove();
});

afterEach(async () => {
  const before = performance.now();
  const { status, json } = await feed.get("/beta/devices?$filter=deviceName ne 'x'&$top=3");
  expect([status, json.value.length]).toEqual([200, 3]);
  expect(performance.now() - before).toBeLessThan(POLITE_MS);
  const faults = ['engine.worker-replaced', 'request.defect'];
  expect(feed.observations.filter(({ kind }) => faults.includes(kind))).toEqual([]);
});

/** Status and error code, or 'left' when the client gave up. */
function answerTo(target: string, patienceMs = ANSWERED_MS): Promise<readonly [number | 'left', string?]> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(patienceMs);
    const left = (error: Error): void => {
      if (signal.aborted) resolve(['left']);
      else reject(error);
    };
    const asking = request(feed.base + target, { signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', left);
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        const text = Buffer.concat(chunks).toString();
        resolve(status === 200 ? [status] : [status, JSON.parse(text).error.code]);
      });
    });
    asking.on('error', left);
    asking.end();
  });
}

/** Sends raw bytes on a connection of their own and returns the status line. */
function throwBytes(bytes: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(feed.base);
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const chunks: Buffer[] = [];
    socket.setTimeout(ANSWERED_MS, () => socket.destroy(new Error('No answer.')));
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      socket.end();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1').split('\r\n', 1)[0] ?? ''));
  });
}

const REFUSALS = [
  [200],
  [400, 'request.malformed-expression'],
  [400, 'request.unknown-property'],
  [400, 'request.type-mismatch'],
  [400, 'limit.too-complex'],
  [400, 'limit.query-too-long'],
  [501, 'request.not-offered'],
];

// The families are named after the parser in which they were found; with columns of ours they reach SQL.
const OURS: Readonly<Record<string, string>> = {
  a: 'deviceKey',
  x: 'isDeleted',
  Id: 'deviceKey',
  Name: 'model',
};
const withOurNames = (text: string): string =>
  text.replace(/\b(?:a|x|Id|Name)\b/g, (name) => OURS[name] ?? name);

describe('a bomb in $filter and $orderby is answered or refused', () => {
  test.each(Object.keys(PATHOLOGICAL_QUERIES))('%s', async (family) => {
    for (const levels of [18, 60, 400, 5000]) {
      for (const text of [
        PATHOLOGICAL_QUERIES[family]!(levels),
        withOurNames(PATHOLOGICAL_QUERIES[family]!(levels)),
      ]) {
        for (const option of ['$filter', '$orderby']) {
          expect(REFUSALS).toContainEqual(
            await answerTo(`/beta/devices?${option}=${encodeURIComponent(text)}`),
          );
        }
      }
    }
  });
});

// Small texts that mean a lot of work: some double at each step, some nest, some are long.
const times = (n: number, text: string): string => Array.from({ length: n }, () => text).join('/');
const inside = (n: number, open: string, core: string): string => open.repeat(n) + core + ')'.repeat(n);
const listed = (n: number, each: (index: number) => string, sign = ','): string =>
  Array.from({ length: n }, (_, index) => each(index)).join(sign);

describe('a bomb in another option is answered or refused', () => {
  test.each([
    ['unions of unions', '$apply', (n) => times(n, 'concat(identity,identity)')],
    ['unions inside unions', '$apply', (n) => inside(n, 'concat(identity,', 'identity')],
    ['groups inside groups', '$apply', (n) => inside(n, 'groupby((isDeleted),', 'aggregate($count as n)')],
    ['subtotals of subtotals', '$apply', (n) => `groupby((${listed(n, () => 'rollup(deviceKey,model)')}))`],
    ['columns upon columns', '$apply', (n) => listed(n, (at) => `compute(deviceKey add 1 as c${at})`, '/')],
    [
      'a path that comes back',
      '$expand',
      (n) => 'deviceType($expand=devices($expand='.repeat(n) + 'user' + '))'.repeat(n),
    ],
    ['everything of everything', '$expand', (n) => inside(n, '*($expand=', '*')],
    ['one navigation often', '$expand', (n) => listed(n, () => 'deviceType')],
    ['brackets', '$search', (n) => inside(n, '(', 'a')],
    ['denials', '$search', (n) => `${'NOT '.repeat(n)}a`],
    ['many words', '$search', (n) => listed(n, (at) => `w${at}`, ' OR ')],
    ['a long phrase', '$search', (n) => `"${'a '.repeat(n)}"`],
    ['many columns', '$compute', (n) => listed(n, (at) => `deviceKey add 1 as c${at}`)],
    ['many links', '$filter', (n) => `deviceType/${'devices/'.repeat(n)}$count gt 1`],
  ] as readonly (readonly [string, string, (levels: number) => string])[])('%s', async (_, option, grow) => {
    for (const levels of [2, 3, 18, 60, 400]) {
      const before = performance.now();
      const answer = await answerTo(`/beta/devices?$top=1&${option}=${encodeURIComponent(grow(levels))}`);
      expect([
        ...REFUSALS,
        [400, 'request.malformed-option'],
        [400, 'request.duplicate-name'],
      ]).toContainEqual(answer);
      expect(performance.now() - before).toBeLessThan(ANSWERED_MS / 2);
    }
  });
});

test('a long filter with many kinds of terms gives the right rows', async () => {
  const terms = Array.from({ length: 250 }, (_, index) => `deviceKey eq ${index + 1} and isDeleted ne null`);
  const { status, json } = await feed.get(`/beta/devices?$filter=${terms.join(' or ')}`);
  expect([status, json.value.length]).toEqual([200, feed.count('devices')]);
});

test('aliases that multiply each other are refused', async () => {
  const laughs = Array.from({ length: 60 }, (_, index) => `@a${index}=concat(@a${index + 1},@a${index + 1})`);
  const target = `/beta/devices?$filter=length(@a0) gt 1&${laughs.join('&')}&@a60='ha'`.replaceAll(
    ' ',
    '%20',
  );
  expect(await answerTo(target)).toEqual([400, 'limit.too-complex']);
});

describe('a query that would run for hours stops when its client disconnects', () => {
  const crossed = (levels: number): string => {
    const each = (level: number): string =>
      level === levels
        ? `d0/deviceName eq 'nobody'`
        : `d${level}/ownerType/devices/any(d${level + 1}:${each(level + 1)})`;
    return `ownerType/devices/any(d0:${each(0)})`;
  };
  test.each([
    ['devices of devices of devices', `/beta/devices?$filter=${encodeURIComponent(crossed(4))}`],
    ['more of them than may be in sight', `/beta/devices?$filter=${encodeURIComponent(crossed(8))}`],
    [
      'texts that are joined and searched again',
      `/beta/deviceConfigurationProfileDeviceActivities?$filter=${encodeURIComponent(
        Array.from(
          { length: 100 },
          (_, index) => `contains(concat('${index}',cast(dateKey,Edm.String)),'x')`,
        ).join(' or '),
      )}`,
    ],
    [
      'a pattern that backtracks for ever',
      `/beta/devices?$filter=${encodeURIComponent(`matchesPattern('${'a'.repeat(60)}!','^(a+)+$') or matchesPattern(deviceName,'^(([A-Z0-9-]+)*)*$')`)}`,
    ],
  ])('%s', async (_, target) => {
    const [status] = await answerTo(target, 1500);
    expect([200, 400, 501, 'left']).toContain(status);
  });
});

describe('invalid addresses', () => {
  test.each([
    ['a percent sign alone', '/beta/devices?$filter=%', 400],
    ['no digits after the percent sign', '/beta/devices?$filter=%zz', 400],
    ['no UTF-8', '/beta/devices?$filter=%c3%28', 400],
    ['half a surrogate pair', '/beta/devices?$filter=%ed%a0%80', 400],
    ['a NUL', '/beta/devices?%24filter=%00', 400],
    ['no UTF-8 in the path', '/beta/%ff', 400],
    ['no digits in a key', '/beta/devices(%zz)', 400],
    ['a quote that never ends', '/beta/devices(%27', 400],
    ['a way out of the folder', '/beta/..%2f..%2fetc%2fpasswd', 400],
    ['a path of thousands of steps', `/beta/${'a/'.repeat(4000)}`, 400],
    ['a key of thousands of brackets', `/beta/devices(${'('.repeat(4000)}`, 400],
    ['a name of sixteen kilobytes', `/beta/devices?$filter=${'a'.repeat(15_900)}`, 400],
    ['options without a name', `/beta/devices?${'&'.repeat(15_000)}`, 200],
    ['one option two thousand times', `/beta/devices?${'$top=1&'.repeat(2000)}`, 400],
    ['a link that nobody gave', `/beta/devices?$skiptoken=${'A'.repeat(15_000)}`, 400],
    ['one column a thousand times', `/beta/devices?$select=${'deviceKey,'.repeat(1400)}deviceKey`, 200],
    ['one order a thousand times', `/beta/devices?$orderby=${'deviceKey,'.repeat(1400)}deviceKey`, 200],
  ])('%s', async (_, target, status) => {
    const before = performance.now();
    expect((await answerTo(target))[0]).toBe(status);
    expect(performance.now() - before).toBeLessThan(POLITE_MS);
  });

  test('sixteen kilobytes of anything', async () => {
    const anything = fc.uint8Array({ minLength: 1, maxLength: 16_000, size: 'max' });
    await fc.assert(
      fc.asyncProperty(anything, fc.boolean(), async (bytes, inQuery) => {
        const start = Buffer.from(`GET /beta/devices${inQuery ? '?$filter=' : '('}`);
        const end = Buffer.from(' HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
        expect(await throwBytes(Buffer.concat([start, bytes, end]))).toMatch(
          /^HTTP\/1\.1 (?:200|400|404|501) /,
        );
      }),
      { numRuns: 100 },
    );
  });

  test('sixteen kilobytes of letters and signs, correctly encoded', async () => {
    const anything = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 5000, size: 'max' });
    const option = fc.constantFrom(
      '$filter',
      '$orderby',
      '$select',
      '$expand',
      '$apply',
      '$search',
      '$compute',
    );
    await fc.assert(
      fc.asyncProperty(option, anything, async (name, text) => {
        const [status] = await answerTo(`/beta/devices?${name}=${encodeURIComponent(text)}`);
        expect([200, 400, 501]).toContain(status);
      }),
      { numRuns: 200 },
    );
  });
});
