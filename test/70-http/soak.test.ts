// A short soak: slow and greedy clients do not keep a polite one from its rows.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { soak, type SoakOptions } from '../soak/soak.ts';
import { writeSoakKeys } from '../soak/soak-keys.ts';
import { makeTestWarehouse, startTestFeed, type TestFeed } from './test-feed.ts';

let warehouse: Awaited<ReturnType<typeof makeTestWarehouse>>;
let feed: TestFeed;
let keys: SoakOptions['keys'];
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  keys = writeSoakKeys(warehouse.data, 10, 10);
  feed = await startTestFeed({ data: warehouse.data, anonymous: 'never', budgetSeconds: 1 });
});
afterAll(async () => {
  await feed.stop();
  warehouse.remove();
});

test('a polite client is always answered, and soon, while greedy ones are refused when their budget is used up', async () => {
  const { polite, refused, greedy, slow } = await soak({ base: feed.base, keys, seconds: 4 });
  expect(refused).toBe(0);
  expect(polite.reads).toBeGreaterThan(5);
  // A sanity bound, not a measurement: the machine may be busy, and clients and server share one thread here.
  expect(polite.p99).toBeLessThan(1500);
  expect([greedy.answered > 10, slow.bytes > 0]).toEqual([true, true]);
});
