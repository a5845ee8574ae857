// Whatever is asked over HTTP, the answer is the one that a plain evaluator finds over the same rows.
//
// FUZZ_RUNS=50000 npm test -- test/75-oracle asks more; a failure prints its seed, and FUZZ_SEED asks the same again.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { makeTestWarehouse, startTestFeed, type TestFeed } from '../70-http/feed.ts';
import { ask } from './ask.ts';
import { evaluateQuery } from './evaluate-query.ts';
import { printQuery } from './print-query.ts';
import type { Query } from './query.ts';
import { randomQuery } from './random-query.ts';
import { readWarehouseRows, type WarehouseRows } from './warehouse-rows.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 1000);
const SEED = process.env['FUZZ_SEED'];

let data: Awaited<ReturnType<typeof makeTestWarehouse>>;
let feed: TestFeed;
let warehouse: WarehouseRows;
beforeAll(async () => {
  data = await makeTestWarehouse();
  feed = await startTestFeed({ data: data.data });
  warehouse = readWarehouseRows(data.data);
});
afterAll(async () => {
  await feed.stop();
  data.remove();
});

async function agree(query: Query): Promise<void> {
  const expected = evaluateQuery(query, warehouse);
  const answered = await ask(feed, query);
  expect(answered.rows).toEqual(expected.rows);
  expect(answered.count).toBe(query.options.count === true ? expected.count : undefined);
  for (const size of answered.pageSizes) expect(size).toBeLessThanOrEqual(query.pageSize ?? Infinity);
}

test(
  'a random query has the rows, the order, the columns and the count that the standard says',
  async () => {
    const property = fc.asyncProperty(randomQuery(warehouse), async (query) => {
      try {
        await agree(query);
      } catch (error) {
        throw new Error(`${printQuery(query)}\n${String(error)}`, { cause: error });
      }
    });
    await fc.assert(property, { numRuns: RUNS, ...(SEED !== undefined && { seed: Number(SEED) }) });
  },
  RUNS * 200,
);
