// A few hundred of the random requests of `npm run fuzz`, always the same.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fuzz } from '../fuzz/fuzz.ts';
import { plantSecrets } from '../fuzz/plant-secrets.ts';
import { makeTestWarehouse, startTestFeed, type TestFeed } from './test-feed.ts';

let warehouse: Awaited<ReturnType<typeof makeTestWarehouse>>;
let feed: TestFeed;
let planted: ReturnType<typeof plantSecrets>;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  planted = plantSecrets(warehouse.data);
  const free = { budgetSeconds: 0, budgetMegabytes: 0, readsAtOnce: 0 };
  feed = await startTestFeed({ data: warehouse.data, anonymous: 'never', keyParameter: 'code', ...free });
});
afterAll(async () => {
  await feed.stop();
  warehouse.remove();
});

test('random requests find no defect, no values of others and no unauthorized access', async () => {
  const { faults, statuses } = await fuzz(
    { base: feed.base, ...planted },
    { requests: 400, seed: 7, atOnce: 4 },
  );
  expect(faults).toEqual([]);
  expect(planted.personal.length).toBeGreaterThan(100);
  // Not only refusals.
  for (const status of [200, 400, 401, 404, 405]) expect(statuses.get(status)).toBeGreaterThan(2);
  const alarms = ['engine.worker-replaced', 'request.defect'];
  expect(feed.observations.filter(({ kind }) => alarms.includes(kind))).toEqual([]);
});

test('a secret value is detected in any answer that holds it', async () => {
  const { faults } = await fuzz(
    { base: feed.base, keys: planted.keys, personal: ['/$metadata#'] },
    { requests: 200, seed: 7, atOnce: 4 },
  );
  expect(faults.map(({ why }) => why)).toContain("tells '/$metadata#'");
});
