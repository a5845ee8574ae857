// Budgets over HTTP: a caller sees what is left, and only callers who have used theirs up are refused.
import { request, type ClientRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeKey } from '../../src/auth/api-key.ts';
import { openKeyFile } from '../../src/auth/key-file.ts';
import type { Observation } from '../../src/base/observation.ts';
import type { Settings } from '../../src/settings/settings.ts';
import { makeTestWarehouse, startTestFeed, type TestResponse, type TestFeed } from './test-feed.ts';

let warehouse: Awaited<ReturnType<typeof makeTestWarehouse>>;
const keys: Record<string, string> = {};
const started: TestFeed[] = [];

beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  const made = ['greedy', 'polite'].map((label) => {
    const key = makeKey({ label, role: 'reader', createdAt: new Date(0), expiresAt: null });
    keys[label] = key.text;
    return key.stored;
  });
  openKeyFile(warehouse.data).write(made);
});
afterAll(async () => {
  await Promise.all(started.map((feed) => feed.stop()));
  warehouse.remove();
});

async function start(options: Partial<Settings>): Promise<TestFeed> {
  const feed = await startTestFeed({ data: warehouse.data, anonymous: 'never', ...options });
  started.push(feed);
  return feed;
}

const as = (label: string): Record<string, string> => ({ 'x-api-key': keys[label] ?? '' });
const answered = ({
  observations,
}: TestFeed): readonly Extract<Observation, { kind: 'request.answered' }>[] =>
  observations.filter((each) => each.kind === 'request.answered');
const statusAndBudget = ({ status, headers }: TestResponse): readonly unknown[] => [
  status,
  headers.get('ratelimit-policy') !== null,
  headers.get('retry-after'),
];

describe('a caller', () => {
  test('gets its limits and what is left of them', async () => {
    const feed = await start({ budgetSeconds: 30, budgetMegabytes: 5, readsAtOnce: 7 });
    await feed.get('/beta/devices?$top=1', as('greedy'));
    const { headers } = await feed.get('/beta/devices?$top=1', as('greedy'));
    expect(headers.get('ratelimit-policy')).toBe(
      '"time";q=30000;w=60;qu="worker-milliseconds", "bytes";q=5000000;w=60;qu="content-bytes", ' +
        '"reads";q=7;qu="concurrent-requests"',
    );
    expect(headers.get('ratelimit')).toMatch(
      /^"time";r=2\d{4};t=\d, "bytes";r=(?:49|50)\d{5};t=\d, "reads";r=6$/,
    );
  });

  test('who has used up its bytes has to wait as long as Retry-After says, and nobody else does', async () => {
    const feed = await start({ budgetMegabytes: 1 });
    const all = await feed.get('/beta/$metadata', as('greedy'));
    let got = all;
    for (let read = 0; read < 30 && got.status === 200; read += 1)
      got = await feed.get('/beta/$metadata', as('greedy'));
    expect(statusAndBudget(got)).toEqual([429, true, expect.stringMatching(/^\d{1,3}$/)]);
    expect(got.json.error).toMatchObject({ code: 'limit.budget' });
    expect(got.headers.get('ratelimit')).toMatch(/"bytes";r=0;/);
    expect(statusAndBudget(await feed.get('/beta/$metadata', as('polite')))).toEqual([200, true, null]);
    const seconds = Number(got.headers.get('retry-after'));
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    expect((await feed.get('/beta/devices?$top=1', as('greedy'))).status).toBe(200);
  });

  test('is charged for worker time, and the observation says who, in which role and how much', async () => {
    const feed = await start({});
    await feed.get('/beta/devices?$count=true&$top=3', as('polite'));
    expect(answered(feed).at(-1)).toMatchObject({
      caller: expect.stringMatching(/^key:[0-9a-f]{12}$/),
      role: 'reader',
      status: 200,
      rows: 3,
      whole: true,
    });
    expect(answered(feed).at(-1)?.workerMs).toBeGreaterThan(0);
    await feed.get('/-/live');
    await feed.get('/beta/devices', { 'x-api-key': 'ff_wrong' });
    expect(answered(feed).slice(-2)).toEqual([
      expect.objectContaining({ caller: null, role: null, status: 200, workerMs: 0 }),
      expect.objectContaining({ caller: null, role: null, status: 401, code: 'auth.required' }),
    ]);
  });

  test('who has too many reads at once is refused another, until one of them ends', async () => {
    const feed = await start({ readsAtOnce: 2 });
    const slow = [await open(feed), await open(feed)];
    expect(statusAndBudget(await feed.get('/v1.0/devices?$top=1', as('greedy')))).toEqual([429, true, '1']);
    expect((await feed.get('/v1.0/devices?$top=1', as('polite'))).status).toBe(200);
    slow[0]?.destroy();
    await until(async () => (await feed.get('/v1.0/devices?$top=1', as('greedy'))).status === 200);
    expect(answered(feed)).toContainEqual(expect.objectContaining({ status: 499, whole: false }));
    slow[1]?.destroy();
  });

  test('whose batch costs more than what is left gets refusals for the remaining parts', async () => {
    const feed = await start({ budgetSeconds: 1, workers: 1 });
    const requests = Array.from({ length: 100 }, (_, index) => ({
      id: String(index),
      method: 'get',
      url: `devices?$top=1&$filter=${encodeURIComponent(SLOW)}`,
    }));
    const answer = await fetch(`${feed.base}/beta/$batch`, {
      method: 'POST',
      headers: { ...as('greedy'), 'content-type': 'application/json', prefer: 'continue-on-error' },
      body: JSON.stringify({ requests }),
    });
    const { responses } = (await answer.json()) as {
      responses: readonly { status: number; headers: Record<string, string> }[];
    };
    const statuses = responses.map(({ status }) => status);
    expect([statuses.at(0), statuses.at(-1)]).toEqual([200, 429]);
    expect(new Headers(responses.at(-1)?.headers).get('retry-after')).toMatch(/^\d+$/);
  });
});

describe('an anonymous caller', () => {
  test('has no budget on this machine', async () => {
    const feed = await start({ anonymous: 'loopback', budgetSeconds: 1, readsAtOnce: 1 });
    expect(statusAndBudget(await feed.get('/beta/$metadata'))).toEqual([200, false, null]);
    expect(answered(feed).at(-1)).toMatchObject({ caller: 'anonymous', role: 'analyst' });
  });

  test('shares one with its network, elsewhere', async () => {
    const feed = await start({ anonymous: 'allow', trustedProxies: ['loopback'], budgetMegabytes: 1 });
    const from = (address: string): Promise<TestResponse> =>
      feed.get('/beta/$metadata', { 'x-forwarded-for': address });
    let status = 200;
    for (let read = 0; read < 30 && status === 200; read += 1) ({ status } = await from('192.0.2.7'));
    expect(status).toBe(429);
    expect((await from('192.0.2.8')).status).toBe(200);
    expect(JSON.stringify(answered(feed))).not.toContain('192.0.2');
  });
});

// Every device beside every other, and these beside every other, and so once more: no row, and on any machine enough of a
// thread that a few of them are a second.
const SLOW =
  'ownerType/devices/any(a:a/ownerType/devices/any(b:b/ownerType/devices/any(' +
  "c:concat(a/osVersion,concat(b/osVersion,c/osVersion)) eq 'x')))";

/** A batch whose body does not come: it is under way as long as its client wants. */
async function open({ base }: TestFeed): Promise<ClientRequest> {
  const headers = { ...as('greedy'), 'content-type': 'application/json', 'content-length': '100' };
  const asking = request(`${base}/beta/$batch`, { method: 'POST', headers });
  asking.on('error', () => undefined);
  asking.write('{');
  // Until it has been accepted.
  await new Promise((resolve) => setTimeout(resolve, 200));
  return asking;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await isSo())) if (performance.now() > end) throw new Error('It did not come to that.');
}
