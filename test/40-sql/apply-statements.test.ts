// Statements of $apply: what each transformation is in SQL, and that a long one can be stopped.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database } from 'better-sqlite3';
import { LIMITS } from '../../src/base/limits.ts';
import { registerFunctions, StatementStopped } from '../../src/engines/sqlite/functions.ts';
import { parseRequest } from '../../src/odata/parse-request.ts';
import { planRead } from '../../src/plan/plan-read.ts';
import type { ReadPlan } from '../../src/plan/read-plan.ts';
import { CATALOGUE, openThings } from './things.ts';
import { walkChunks } from './walk-chunks.ts';

let database: Database;
let stopped = false;
let asked = 0;
beforeAll(() => {
  database = openThings();
  registerFunctions(database, () => {
    asked += 1;
    return stopped;
  });
});
afterAll(() => {
  database.close();
});

function plan(collection: string, options: string): ReadPlan {
  return planRead(parseRequest(`/${collection}`, encodeURI(options)), {
    version: 'beta',
    catalogues: { 'v1.0': CATALOGUE, beta: CATALOGUE },
    now: new Date('2018-02-21T12:00:00Z'),
    limits: LIMITS,
    continuation: null,
  });
}

const rowsOf = (collection: string, options: string): unknown =>
  walkChunks(database, plan(collection, options), 100).rows;

const TRANSFORMATIONS = [
  'aggregate($count as n)',
  'groupby((label))',
  'filter(on)/groupby((label),aggregate(number with sum as n))',
  'groupby((rollup($all,label,on)))',
  'compute(number add 1 as n)/aggregate(n with max as m)',
  'orderby(label)/top(3)',
  'topsum(3,number)',
  'concat(aggregate($count as n),bottompercent(50,thingKey))',
];

test.each(['things', 'dailyThings'].flatMap((set) => TRANSFORMATIONS.map((apply) => [set, apply] as const)))(
  'of %s, %s asks about its deadline for every row that it reads, and stops',
  (set, apply) => {
    asked = 0;
    rowsOf(set, `$apply=${apply}`);
    expect(asked).toBeGreaterThanOrEqual(48);
    stopped = true;
    try {
      expect(() => rowsOf(set, `$apply=${apply}`)).toThrow(StatementStopped);
    } finally {
      stopped = false;
    }
  },
);

test('a name that a client gives is any name of OData, and nothing but a name to SQL', () => {
  expect(rowsOf('things', '$apply=aggregate($count as Größe)')).toEqual([{ Größe: 48 }]);
  expect(rowsOf('things', '$apply=aggregate($count as order,number with max as _order0)')).toEqual([
    { order: 48, _order0: 3 },
  ]);
  const [row] = rowsOf(
    'things',
    '$apply=groupby((kind/title),aggregate($count as title))&$top=1',
  ) as object[];
  expect(Object.keys(row ?? {})).toEqual(['kind/title', 'title']);
});

test('the result is filtered and sorted as a whole', () => {
  const options =
    '$apply=groupby((on),aggregate($count as n,number with sum as s))&$filter=n gt 1 and on&$orderby=n mul 2 desc';
  expect(rowsOf('things', options)).toEqual([{ on: true, n: 24, s: expect.any(Number) }]);
});
