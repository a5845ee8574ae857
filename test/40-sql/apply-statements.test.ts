// Statements of $apply: what each transformation is in SQL, and that a long one can be stopped.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database } from 'better-sqlite3';
import { LIMITS } from '../../src/base/limits.ts';
import { SQLITE_DIALECT } from '../../src/engines/sqlite/sqlite-dialect.ts';
import { registerFunctions } from '../../src/engines/sqlite/read/register-functions.ts';
import { parseRequest } from '../../src/odata/parse/parse-request.ts';
import { planRead } from '../../src/plan/plan-read.ts';
import type { ReadPlan } from '../../src/plan/read-plan.ts';
import { renderPage } from '../../src/sql/read/render-page.ts';
import { EXPOSED_MODEL, openThings } from './things.ts';
import { templateOf, walkChunks } from './walk-chunks.ts';

let database: Database;
let stopped = false;
let checks = 0;
beforeAll(() => {
  database = openThings();
  registerFunctions(database, {
    limits: LIMITS,
    isStopped: () => {
      checks += 1;
      return stopped;
    },
  });
});
afterAll(() => {
  database.close();
});

function plan(collection: string, options: string): ReadPlan {
  return planRead(parseRequest(`/${collection}`, encodeURI(options), LIMITS), {
    version: 'beta',
    exposedModels: { 'v1.0': EXPOSED_MODEL, beta: EXPOSED_MODEL },
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
    checks = 0;
    rowsOf(set, `$apply=${apply}`);
    expect(checks).toBeGreaterThanOrEqual(48);
    stopped = true;
    try {
      expect(() => rowsOf(set, `$apply=${apply}`)).toThrow('The statement was stopped.');
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

test('a long sequence is one statement still', () => {
  const steps = Array.from({ length: 59 }, (_, index) => `compute(thingKey add ${index} as n${index})`);
  const rows = rowsOf('things', `$apply=${steps.join('/')}/aggregate(n58 with max as last)`);
  expect(rows).toEqual([{ last: 67 }]);
  const aggregates = Array.from({ length: 200 }, (_, index) => `number with sum as s${index}`);
  expect(rowsOf('things', `$apply=aggregate(${aggregates.join()})&$select=s199`)).toEqual([
    { s199: expect.any(Number) },
  ]);
  expect(
    Object.keys((rowsOf('things', `$apply=aggregate(${aggregates.join()})`) as object[])[0] ?? {}),
  ).toHaveLength(200);
});

test.each([
  ['filter(on)/filter(number gt 0)', { sortsEveryChunk: false, regroupsEveryChunk: false }],
  ['filter(on)/compute(1 as one)', { sortsEveryChunk: false, regroupsEveryChunk: false }],
  ['top(3)', { sortsEveryChunk: true, regroupsEveryChunk: false }],
  ['groupby((label))', { sortsEveryChunk: true, regroupsEveryChunk: true }],
  ['aggregate($count as n)/filter(n gt 1)', { sortsEveryChunk: true, regroupsEveryChunk: true }],
  ['concat(aggregate($count as n),identity)', { sortsEveryChunk: true, regroupsEveryChunk: true }],
])('the statement of %s says whether each chunk sorts or groups again', (apply, costs) => {
  const read = plan('dailyThings', `$apply=${apply}`);
  const statements = renderPage(read, templateOf(read.columns), SQLITE_DIALECT);
  expect(statements).toMatchObject(costs);
  const steps = database
    .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${statements.next.text}`)
    .all(...statements.next.values.map(() => 1))
    .map(({ detail }) => detail);
  expect(costs.sortsEveryChunk || !steps.some((detail) => detail.includes('ORDER BY'))).toBe(true);
});
