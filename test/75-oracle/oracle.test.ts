// Every answer over HTTP is the one that a plain evaluator finds over the same rows.
//
// FUZZ_RUNS=50000 npm test -- test/75-oracle asks more; a failure prints its seed, and FUZZ_SEED asks the same again.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { makeTestWarehouse, startTestFeed, type TestFeed } from '../70-http/test-feed.ts';
import { evaluateAggregation, randomAggregation, withoutNulls } from './aggregation.ts';
import { queryFeed } from './query-feed.ts';
import { evaluateQuery } from './evaluate-query.ts';
import { printQuery } from './print-query.ts';
import type { Query } from './query.ts';
import { randomQuery } from './random-query.ts';
import { readWarehouseRows, type WarehouseRows } from './warehouse-rows.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 1000);
const PATIENCE_MS = RUNS * 200;
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

const parameters = (runs: number) => ({ numRuns: runs, ...(SEED !== undefined && { seed: Number(SEED) }) });

/** Holds random queries to what `agree` expects of each; a failure begins with the address that was asked. */
async function holdAll(
  queries: fc.Arbitrary<Query>,
  runs: number,
  agree: (query: Query) => Promise<void>,
): Promise<void> {
  const property = fc.asyncProperty(queries, async (query) => {
    try {
      await agree(query);
    } catch (error) {
      throw new Error(`${printQuery(query)}\n${String(error)}`, { cause: error });
    }
  });
  await fc.assert(property, parameters(runs));
}

test(
  'a random query has the rows, the order, the columns and the count that the standard says',
  () =>
    holdAll(randomQuery(warehouse), RUNS, async (query) => {
      const expected = evaluateQuery(query, warehouse);
      const answered = await queryFeed(feed, query);
      expect(answered.rows).toEqual(expected.rows);
      expect(answered.count).toBe(query.options.count === true ? expected.count : undefined);
      for (const size of answered.pageSizes) expect(size).toBeLessThanOrEqual(query.pageSize ?? Infinity);
    }),
  PATIENCE_MS,
);

test(
  'a random aggregation has the groups, the sums and the order that the standard says',
  () =>
    holdAll(randomAggregation(warehouse), RUNS / 2, async (query) => {
      const { rows, pageSizes } = await queryFeed(feed, query);
      expect(rows.map(withoutNulls)).toEqual(evaluateAggregation(query, warehouse));
      for (const size of pageSizes) expect(size).toBeLessThanOrEqual(query.pageSize ?? Infinity);
    }),
  PATIENCE_MS,
);
