// Queries along navigations, answered by SQLite: paths, lambdas and counts, from every row and back again.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from 'better-sqlite3';
import { LIMITS } from '../../src/base/limits.ts';
import { SQLITE_DIALECT } from '../../src/engines/sqlite/sqlite-dialect.ts';
import { registerFunctions } from '../../src/engines/sqlite/read/register-functions.ts';
import { parseRequest } from '../../src/odata/parse/parse-request.ts';
import { planRead } from '../../src/plan/plan-read.ts';
import { renderCount } from '../../src/sql/read/render-single.ts';
import { EXPOSED_MODEL, KIND_ROWS, openThings, ROWS } from './things.ts';
import { walkChunks } from './walk-chunks.ts';

let database: Database;
beforeAll(() => {
  database = openThings();
});
afterAll(() => {
  database.close();
});

function plan(address: string) {
  const [path = '', options = ''] = address.split('?');
  return planRead(parseRequest(path, encodeURI(options), LIMITS), {
    version: 'beta',
    exposedModels: { 'v1.0': EXPOSED_MODEL, beta: EXPOSED_MODEL },
    now: new Date('2018-02-21T12:00:00Z'),
    limits: LIMITS,
    continuation: null,
  });
}

type Thing = (typeof ROWS)[number];
type Kind = (typeof KIND_ROWS)[number];
const kindOf = ({ number }: Thing): Kind | undefined =>
  KIND_ROWS.find(({ kindKey }) => number !== null && BigInt(kindKey) === number);
const parentOf = (kind: Kind | undefined): Kind | undefined =>
  KIND_ROWS.find(({ kindKey }) => kindKey === kind?.parentKey);
const thingsOf = ({ kindKey }: Kind): readonly Thing[] =>
  ROWS.filter(({ number }) => number === BigInt(kindKey));
const childrenOf = (kind: Kind): readonly Kind[] => KIND_ROWS.filter((each) => parentOf(each) === kind);
const keyOf = (row: Record<string, unknown>): string =>
  `${String(row['dateKey'])}/${String(row['thingKey'])}`;

describe.each(['things', 'dailyThings'])('%s are kept', (collection) => {
  test.each<[string, (thing: Thing) => boolean]>([
    ["kind/title eq 'ab'", (thing) => kindOf(thing)?.title === 'ab'],
    ["kind/title ne 'ab'", (thing) => kindOf(thing)?.title !== 'ab'],
    ['kind/title eq null', (thing) => (kindOf(thing)?.title ?? null) === null],
    ["not (kind/title eq 'ab')", (thing) => kindOf(thing)?.title !== 'ab'],
    ['kind/on', (thing) => kindOf(thing)?.on === true],
    ['not kind/on', (thing) => kindOf(thing)?.on === false],
    ['on eq kind/on', (thing) => thing['on'] === kindOf(thing)?.on],
    ['$it/on and Kind/On', (thing) => thing['on'] === true && kindOf(thing)?.on === true],
    ["kind/parent/title eq 'Ärger'", (thing) => parentOf(kindOf(thing))?.title === 'Ärger'],
    ['kind/parent/parent/kindKey eq -2', (thing) => parentOf(parentOf(kindOf(thing)))?.kindKey === -2],
    ['kind eq null', (thing) => kindOf(thing) === undefined],
    ['null ne kind', (thing) => kindOf(thing) !== undefined],
    ['kind/parent eq null', (thing) => parentOf(kindOf(thing)) === undefined],
    [
      'contains(kind/title,name)',
      (thing) => thing['name'] !== null && (kindOf(thing)?.title?.includes(String(thing['name'])) ?? false),
    ],
    [
      'kind/children/any()',
      (thing) => KIND_ROWS.some((each) => kindOf(thing) !== undefined && parentOf(each) === kindOf(thing)),
    ],
    [
      'kind/children/$count gt 0',
      (thing) => KIND_ROWS.some((each) => kindOf(thing) !== undefined && parentOf(each) === kindOf(thing)),
    ],
    ['kind/children/$count eq null', (thing) => kindOf(thing) === undefined],
    [
      'kind/things/any(t:t/thingKey gt thingKey and t/on ne on)',
      (thing) =>
        ROWS.some(
          (t) =>
            kindOf(thing) &&
            t['number'] === thing['number'] &&
            Number(t['thingKey']) > Number(thing['thingKey']) &&
            t['on'] !== thing['on'],
        ),
    ],
  ])('for which %s', (filter, holds) => {
    const { rows } = walkChunks(database, plan(`/${collection}?$filter=${filter}`), 7);
    expect(rows.map(keyOf)).toEqual(ROWS.filter(holds).map(keyOf));
  });
});

test.each<[string, (kind: Kind) => boolean]>([
  ['things/any()', (kind) => thingsOf(kind).length > 0],
  ['not things/any()', (kind) => thingsOf(kind).length === 0],
  ['things/any(t:t/on)', (kind) => thingsOf(kind).some(({ on }) => on === true)],
  ['things/all(t:t/thingKey lt 8)', (kind) => thingsOf(kind).every(({ thingKey }) => Number(thingKey) < 8)],
  // Unknown is not true.
  ['things/all(t:t/flag)', (kind) => thingsOf(kind).every(({ flag }) => flag === true)],
  ['things/any(t:not t/flag)', (kind) => thingsOf(kind).some(({ flag }) => flag === false)],
  ['things/$count gt 7', (kind) => thingsOf(kind).length > 7],
  ['things/$count($filter=on) gt 1', (kind) => thingsOf(kind).filter(({ on }) => on === true).length > 1],
  // Unknown is not true.
  ['things/$count($filter=flag) eq 0', (kind) => !thingsOf(kind).some(({ flag }) => flag === true)],
  [
    'things/$count($filter=kind/title eq null or $it/on) eq things/$count',
    (kind) => thingsOf(kind).length === 0 || kind.title === null || kind.on,
  ],
  [
    'children/$count($filter=things/$count($filter=on eq false) gt 0) gt 0',
    (kind) => childrenOf(kind).some((c) => thingsOf(c).some(({ on }) => on === false)),
  ],
  ['dailyThings/$count eq things/$count', () => true],
  [
    'dailyThings/any(t:t/dateKey eq 20180221 and t/on eq on)',
    (kind) => thingsOf(kind).some(({ dateKey, on }) => dateKey === 20180221 && on === kind.on),
  ],
  [
    'children/any(c:c/things/any(t:t/name ne null and c/title ne t/name))',
    (kind) => childrenOf(kind).some((c) => thingsOf(c).some(({ name }) => name !== null && name !== c.title)),
  ],
  ['children/all(c:c/children/any() or c/parent/kindKey eq kindKey)', () => true],
  ['things/any(t:t/kind/kindKey ne kindKey)', () => false],
  ['(things/any()) eq false', (kind) => thingsOf(kind).length === 0],
])('kinds are kept for which %s', (filter, holds) => {
  const { rows } = walkChunks(database, plan(`/kinds?$filter=${filter}`), 100);
  expect(rows.map(({ kindKey }) => kindKey)).toEqual(KIND_ROWS.filter(holds).map(({ kindKey }) => kindKey));
});

test.each([
  ['kind/title', [7, 1, 3]],
  ['kind/title desc,thingKey desc', [2, 5]],
])('an order along %s holds every row once, whatever the page', (orderby, sizes) => {
  const whole = walkChunks(database, plan(`/things?$orderby=${orderby}`), 1000).rows;
  const titles = whole.map(
    (row) => KIND_ROWS.find(({ kindKey }) => kindKey === row['number'])?.title ?? null,
  );
  const sorted = titles.toSorted(
    (a, b) =>
      Buffer.compare(Buffer.from(a ?? ''), Buffer.from(b ?? '')) || Number(a !== null) - Number(b !== null),
  );
  expect(titles).toEqual(orderby.includes('title desc') ? sorted.toReversed() : sorted);
  for (const size of sizes) {
    expect(walkChunks(database, plan(`/things?$orderby=${orderby}`), size).rows).toEqual(whole);
  }
});

test('the number of rows is an order too', () => {
  const { rows } = walkChunks(database, plan('/kinds?$orderby=things/$count desc'), 2);
  const counts = rows.map((row) => thingsOf(row as unknown as Kind).length);
  expect(counts).toEqual(counts.toSorted((a, b) => b - a));
});

test('a subquery checks the deadline, and stops there', () => {
  const { text, values } = renderCount(
    plan('/kinds?$filter=things/any(t:t/kind/things/any(u:u/on))'),
    SQLITE_DIALECT,
  );
  expect(text).toMatch(/EXISTS \(SELECT 1 FROM "things" AS "r1" WHERE within_deadline\("r1"\."thingKey"\)/);
  expect(text).toMatch(/EXISTS \(SELECT 1 FROM "things" AS "r3" WHERE within_deadline\("r3"\."thingKey"\)/);
  let checks = 0;
  registerFunctions(database, {
    limits: LIMITS,
    isStopped: () => {
      checks += 1;
      return checks > 20;
    },
  });
  expect(() => database.prepare(text).get(...values)).toThrow(/was stopped/);
  registerFunctions(database, { isStopped: () => false, limits: LIMITS });
});

test('as many navigations inside each other as the limit allows are one statement, and one more is refused', () => {
  const chain = (levels: number): string => `${'parent/'.repeat(levels)}kindKey eq 1`;
  const { text, values } = renderCount(plan(`/kinds?$filter=${chain(LIMITS.rowsInSight)}`), SQLITE_DIALECT);
  expect(
    database
      .prepare(text)
      .pluck()
      .get(...values),
  ).toBe(0);
  expect(() => plan(`/kinds?$filter=${chain(LIMITS.rowsInSight + 1)}`)).toThrow(
    expect.objectContaining({
      code: 'limit.too-complex',
      message: expect.stringContaining(String(LIMITS.rowsInSight)),
    }),
  );
});

test.each([
  [
    'things?$filter=kind/titl eq null',
    'request.unknown-property',
    /No property 'titl' on kinds\. Did you mean 'title'\?/,
  ],
  ['things?$filter=knd/title eq null', 'request.unknown-property', /Did you mean 'kind'\?/],
  ['things?$filter=kind/title/x eq 1', 'request.type-mismatch', /no parts/],
  ['things?$filter=kind eq 1', 'request.type-mismatch', /kind is a row/],
  ['kinds?$filter=things eq null', 'request.type-mismatch', /is a collection/],
  ['kinds?$filter=things/thingKey eq 1', 'request.type-mismatch', /is a collection/],
  ['kinds?$filter=title/any(x:x eq 1)', 'request.type-mismatch', /any needs a collection/],
  ['things?$filter=kind/any(x:x/on)', 'request.type-mismatch', /kind is not one/],
  [
    'kinds?$filter=things/any(t:t/kind/things/any(t:t/on))',
    'request.malformed-expression',
    /'t' is already taken/,
  ],
  ['things?$filter=kind/$count($filter=on) gt 1', 'request.type-mismatch', /kind is not one/],
  ['kinds?$filter=things/$count($filter=titl) gt 1', 'request.unknown-property', /'titl' on things/],
  ['kinds?$filter=thngs/$count($filter=on) gt 1', 'request.unknown-property', /Did you mean 'things'\?/],
  ['kinds?$filter=thngs/any()', 'request.unknown-property', /Did you mean 'things'\?/],
])('%s is refused', (address, code, message) => {
  expect(() => plan(`/${address}`)).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );
});
