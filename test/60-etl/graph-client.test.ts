// The client and the pages against a real HTTP server that misbehaves as Graph does.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openGraphClient, type GraphAccess } from '../../etl/graph/graph-client.ts';
import { readList, readPages, readSingleton } from '../../etl/graph/read-pages.ts';
import { failureStatus } from '../../etl/graph/source-failure.ts';
import { openRunContext } from '../../etl/run-context.ts';
import { FeedError } from '../../src/base/feed-error.ts';
import type { Observation } from '../../src/base/observation.ts';

type Reply = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let root: string;
/** The server's answers, one after the other; the last one repeats. */
let replies: Reply[];
let requests: IncomingMessage[];
let observed: Observation[];
let renewals: number;
/** Each renewal: the token that was refused, and the claims demanded. */
let demanded: [string, string | null | undefined][];
let stop: AbortController;
let access: GraphAccess;

beforeEach(async () => {
  [replies, requests, observed, renewals, demanded, stop] = [[], [], [], 0, [], new AbortController()];
  server = createServer((request, response) => {
    requests.push(request);
    const reply = replies.length > 1 ? replies.shift() : replies[0];
    reply?.(request, response);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const run = openRunContext({
    runId: 'run-1',
    observe: (observation) => observed.push(observation),
    signal: stop.signal,
  });
  const graph = openGraphClient({
    rootUrl: `${root}/`,
    token: {
      accessToken: () => Promise.resolve(`token-${renewals}`),
      renewToken: (refused, claims) => {
        demanded.push([refused, claims]);
        return Promise.resolve(`token-${++renewals}`);
      },
    },
    run,
    retryPolicy: { maxAttempts: 6, initialDelayMs: 1, maxDelayMs: 50, requestTimeoutMs: 500 },
  });
  access = { graph, run };
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

const json =
  (body: unknown): Reply =>
  (_, response) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));

const status =
  (code: number, error: object = {}, headers: Record<string, string> = {}): Reply =>
  (_, response) =>
    response.writeHead(code, headers).end(JSON.stringify({ error }));

const page = (ids: readonly string[], next?: string): Reply =>
  json({
    value: ids.map((id) => ({ id })),
    ...(next === undefined ? {} : { '@odata.nextLink': new URL(next, root).href }),
  });

async function walk(): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const records of readPages(access, '/beta/things?$top=2'))
    ids.push(...records.map(({ id }) => id));
  return ids;
}

async function failureOf(task: Promise<unknown>): Promise<FeedError> {
  const error: unknown = await task.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof FeedError) return error;
  throw error instanceof Error ? error : new Error('It did not fail.');
}

const retries = () => observed.filter(({ kind }) => kind === 'run.retry');

describe('a collection', () => {
  test('is all its pages, and each is observed as it comes', async () => {
    replies = [
      page(['a', 'b'], '/beta/things?$skiptoken=2'),
      page(['c'], '/beta/things?$skiptoken=3'),
      page([]),
    ];
    expect(await walk()).toEqual(['a', 'b', 'c']);
    expect(requests.map(({ url }) => url)).toEqual([
      '/beta/things?$top=2',
      '/beta/things?$skiptoken=2',
      '/beta/things?$skiptoken=3',
    ]);
    expect(observed.map((each) => each.kind === 'run.progress' && [each.source, each.rows])).toEqual([
      ['beta/things', 2],
      ['beta/things', 3],
      ['beta/things', 3],
    ]);
  });

  test('is requested with the headers that Graph asks of its clients', async () => {
    replies = [page(['a'])];
    await walk();
    expect(requests[0]!.headers).toMatchObject({
      authorization: 'Bearer token-0',
      accept: 'application/json;odata.metadata=minimal',
      prefer: 'include-unknown-enum-members',
      'user-agent': 'Fleetfeed',
      'client-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  test('continues from the page that failed, not from the first', async () => {
    replies = [page(['a'], '/beta/things?p=2'), status(504), status(504), page(['b'])];
    expect(await walk()).toEqual(['a', 'b']);
    expect(requests.map(({ url }) => url)).toEqual([
      '/beta/things?$top=2',
      '/beta/things?p=2',
      '/beta/things?p=2',
      '/beta/things?p=2',
    ]);
  });

  test('whose next links form a circle is refused', async () => {
    replies = [page(['a'], '/beta/things?p=2'), page(['b'], '/beta/things?p=2')];
    const failure = await failureOf(walk());
    expect(failure).toMatchObject({ code: 'feed.source-unavailable', target: 'beta/things' });
    expect(failure.message).toContain('circle');
  });

  test('whose link leads to another host never sends our token there', async () => {
    replies = [page(['a'], 'http://localhost:9/beta/things?p=2')];
    expect((await failureOf(walk())).message).toContain('another host');
    expect(requests).toHaveLength(1);
  });

  test('is read from the start once more when a next link has expired', async () => {
    const expired = status(400, { code: 'Directory_ExpiredPageToken' });
    replies = [page(['a'], '/beta/things?p=2'), expired, page(['a', 'b'], '/beta/things?p=2'), page(['c'])];
    expect(await walk()).toEqual(['a', 'a', 'b', 'c']);

    replies = [page(['a'], '/beta/things?p=2'), expired, page(['a'], '/beta/things?p=2'), status(410)];
    expect((await failureOf(walk())).message).toContain('expire');
  });

  test('that is read as a list has each record once, as it came last', async () => {
    replies = [
      json({ value: [{ id: 'a', name: 'old' }], '@odata.nextLink': `${root}/beta/things?p=2` }),
      json({ value: [{ id: 'b' }, { id: 'a', name: 'new' }] }),
    ];
    expect(await readList(access, '/beta/things')).toEqual([{ id: 'a', name: 'new' }, { id: 'b' }]);
  });
});

describe('a request', () => {
  test.each<[string, Reply]>([
    [
      'throttled with a fraction of a second',
      status(429, { code: 'TooManyRequests' }, { 'retry-after': '0.02' }),
    ],
    ['throttled without a word', status(429)],
    ['throttled as an error', status(500, { message: 'Rate limit reached because of too many requests' })],
    ['served a body cut short', (_, response) => response.end('{"value":[{"id":"a"},{"i')],
    [
      'served less than promised',
      (_, response) => response.writeHead(200, { 'content-length': '99' }).end('{"v'),
    ],
    ['served the page of a proxy', (_, response) => response.end('<html></html>')],
    ['served something that is no page', json({ value: [{ name: 'without id' }] })],
    ['hung up on', (request) => request.socket.destroy()],
    ['left waiting', () => undefined],
  ])('%s is made again', async (_, failure) => {
    replies = [failure, page(['a'])];
    expect(await walk()).toEqual(['a']);
    expect(retries()).toHaveLength(1);
  });

  test('is sent six times at most', async () => {
    replies = [status(503, { code: 'UnknownError', message: '{"Message":"https://fef.internal/"}' })];
    const failure = await failureOf(walk());
    expect(requests).toHaveLength(6);
    expect(failure.code).toBe('feed.source-unavailable');
    expect(failure.message).toMatch(
      /^Microsoft Graph could not deliver beta\/things: HTTP 503 UnknownError \(client-request-id [0-9a-f-]{36}\)\.$/,
    );
  });

  test('renews the token once', async () => {
    replies = [status(401), page(['a'])];
    expect(await walk()).toEqual(['a']);
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token-0',
      'Bearer token-1',
    ]);

    replies = [status(401)];
    expect((await failureOf(walk())).code).toBe('feed.source-refused');
    expect(renewals).toBe(2);
  });

  test('passes the claims that Graph demands to the directory', async () => {
    const claims = '{"access_token":{"nbf":{"essential":true,"value":"1795132800"}}}';
    const challenge = `Bearer realm="", error="insufficient_claims", claims="${btoa(claims)}"`;
    replies = [status(401, {}, { 'www-authenticate': challenge }), page(['a'])];
    expect(await walk()).toEqual(['a']);
    expect(demanded).toEqual([['token-0', claims]]);
  });

  test('that is forbidden is not retried, and the hint names the missing permission', async () => {
    replies = [status(403, { code: 'Forbidden' })];
    const failure = await failureOf(walk());
    expect(requests).toHaveLength(1);
    expect(failure).toMatchObject({
      code: 'feed.source-refused',
      hint: expect.stringContaining('permission'),
    });
  });

  test('does not follow redirects', async () => {
    replies = [status(302, {}, { location: 'http://localhost:9/' })];
    expect((await failureOf(walk())).code).toBe('feed.source-refused');
  });

  test('ends when the run is aborted, even while it waits, with the reason of the abort', async () => {
    replies = [status(429, {}, { 'retry-after': '60' })];
    const run = openRunContext({
      runId: 'run-1',
      observe: () => stop.abort(new Error('Enough.')),
      signal: stop.signal,
    });
    const patient = openGraphClient({
      rootUrl: root,
      token: { accessToken: () => Promise.resolve('t'), renewToken: () => Promise.resolve('t') },
      run,
    });
    await expect(readList({ graph: patient, run }, '/v1.0/users')).rejects.toThrow('Enough.');
  });
});

describe('requests in one area of Graph', () => {
  const things = '/v1.0/deviceManagement/managedDevices';
  const slow =
    (body: unknown): Reply =>
    (request, response) =>
      void setTimeout(() => json(body)(request, response), 20);

  test('are limited in number at the same time', async () => {
    let [underWay, most] = [0, 0];
    server.on('request', (_, response) => {
      most = Math.max(most, ++underWay);
      response.on('close', () => (underWay -= 1));
    });
    replies = [slow({ value: [] })];
    await Promise.all(Array.from({ length: 12 }, (_, n) => readList(access, `${things}?n=${n}`)));
    expect(most).toBe(4);
    expect(new Set(requests.map(({ url }) => url)).size).toBe(12);
  });

  test('all wait when one is throttled, and those in other areas do not', async () => {
    replies = [status(429, {}, { 'retry-after': '0.05' }), page(['a'])];
    const startedAt = performance.now();
    const times = new Map<string, number>();
    server.on('request', ({ url }) => times.set(url ?? '', performance.now() - startedAt));
    const first = readList(access, `${things}?n=1`);
    while (retries().length === 0) await new Promise((soon) => setTimeout(soon, 1));
    await Promise.all([first, readList(access, `${things}?n=2`), readList(access, '/v1.0/users')]);
    expect(times.get('/v1.0/users')).toBeLessThan(times.get(`${things}?n=2`)!);
    expect(times.get(`${things}?n=2`)).toBeGreaterThanOrEqual(45);
    expect(requests).toHaveLength(4);
  });
});

describe('a POST request', () => {
  const bodyOf = async (request: IncomingMessage): Promise<string> => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    return text;
  };

  test('is retried as it was, with its body and a token', async () => {
    const bodies: Promise<string>[] = [];
    replies = [
      (request, response) => {
        bodies.push(bodyOf(request));
        response.writeHead(504).end();
      },
      (request, response) => {
        bodies.push(bodyOf(request));
        response.writeHead(201).end('{"id":"job"}');
      },
    ];
    const answer = await access.graph.post(
      '/v1.0/reports/exportJobs',
      { reportName: 'Ünïcode' },
      (json) => json,
    );
    expect(answer).toEqual({ kind: 'value', value: { id: 'job' } });
    expect(requests.map(({ method }) => method)).toEqual(['POST', 'POST']);
    expect(requests[1]!.headers).toMatchObject({
      'content-type': 'application/json',
      authorization: 'Bearer token-0',
    });
    expect(await Promise.all(bodies)).toEqual(['{"reportName":"Ünïcode"}', '{"reportName":"Ünïcode"}']);
  });

  test('that is refused returns its status', async () => {
    replies = [status(400, { code: 'BadRequest' })];
    const failure = await failureOf(access.graph.post('/v1.0/reports/exportJobs', {}, (json) => json));
    expect(failure.code).toBe('feed.source-refused');
    expect(failureStatus(failure)).toBe(400);
  });
});

test('a single resource is read whole', async () => {
  replies = [json({ id: 'summary', enrolledDeviceCount: 3 })];
  expect(await readSingleton(access.graph, '/v1.0/summary')).toEqual({
    id: 'summary',
    enrolledDeviceCount: 3,
  });
});
