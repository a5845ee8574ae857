// The daily rows of one thing are found by an index, however many other things have rows.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../src/base/limits.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { fixedClock } from '../../src/base/clock.ts';
import { midnightOf } from '../../src/base/date-key.ts';
import { SQLITE_DIALECT } from '../../src/engines/sqlite/sqlite-dialect.ts';
import { openExplainingEngine } from '../../src/engines/sqlite/read/explaining-engine.ts';
import { parseTarget } from '../../src/http/request/feed-request.ts';
import { makeFeed } from '../../src/http/feed.ts';
import { serveRead } from '../../src/http/read/serve-read.ts';
import { startStopwatch } from '../../src/http/request/stopwatch.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';
import { makeTestWarehouse, TODAY } from './test-feed.ts';

let warehouse: Awaited<ReturnType<typeof makeTestWarehouse>>;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
});
afterAll(() => warehouse.remove());

/** The query plan steps on intervals, `s` in every daily view, for all statements of a request. */
async function stepsOnSpans(address: string): Promise<readonly string[]> {
  const engine = openExplainingEngine(warehouse.data, LIMITS);
  const feed = makeFeed({
    model: MODEL,
    engine,
    dialect: SQLITE_DIALECT,
    clock: fixedClock(midnightOf(TODAY)),
    limits: LIMITS,
    observe: () => undefined,
    settings: DEFAULT_SETTINGS,
  });
  const request = {
    ...parseTarget(encodeURI(address), 'http://localhost'),
    headers: {},
    contentEncoding: 'identity',
    wantsBody: true,
    signal: new AbortController().signal,
  } as const;
  await serveRead(feed, request, startStopwatch());
  const steps = engine.explained.flatMap(({ steps: each }) => each.map((step) => step.trim()));
  return steps.filter((step) => /^(?:SCAN|SEARCH) s\b/.test(step));
}

describe('the days of one thing are found by its key', () => {
  test.each([
    ['/beta/devices(7)/devicePropertyHistories', 'deviceKey=?'],
    ['/beta/devices(7)/deviceEncryptionStates', 'deviceKey=?'],
    ['/beta/devicePropertyHistories?$filter=deviceKey eq 7', 'deviceKey=?'],
    ['/beta/devices(7)?$expand=devicePropertyHistories', 'deviceKey=?'],
    ['/beta/devices?$expand=devicePropertyHistories($top=3;$orderby=dateKey desc)', 'deviceKey=?'],
    ["/beta/devices?$filter=devicePropertyHistories/any(h:h/osVersion eq 'x')", 'deviceKey=?'],
    ["/beta/devices?$filter=devicePropertyHistories/all(h:h/osVersion ne 'x')", 'deviceKey=?'],
    ['/beta/devices?$orderby=deviceEncryptionPolicies/$count', 'deviceKey=?'],
    ['/beta/users(3)/userHistories', 'userKey=?'],
    ['/beta/users?$expand=userHistories', 'userKey=?'],
  ])('%s', async (address, key) => {
    const steps = await stepsOnSpans(address);
    expect(steps.length).toBeGreaterThan(0);
    for (const step of steps)
      expect(step).toMatch(new RegExp(`^SEARCH s USING PRIMARY KEY .*${key.replace('?', '\\?')}`));
  });
});

describe('the days of one state are read in index order, and not sorted', () => {
  test.each([
    '/beta/ownerTypes(1)/devicePropertyHistories',
    '/beta/encryptionStates(3)/deviceEncryptionStates',
    '/beta/ownerTypes?$expand=devicePropertyHistories($top=3)',
  ])('%s', async (address) => {
    const steps = await stepsOnSpans(address);
    expect(steps.length).toBeGreaterThan(0);
    for (const step of steps) expect(step).toMatch(/^SEARCH s USING PRIMARY KEY \(period=\?/);
  });
});
