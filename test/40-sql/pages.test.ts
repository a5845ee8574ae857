// Pages in any order and of any size hold every row once, and seek their beginning in the key's own tree.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from 'better-sqlite3';
import fc from 'fast-check';
import { LIMITS } from '../../src/base/limits.ts';
import { SQLITE_DIALECT } from '../../src/engines/sqlite/sqlite-dialect.ts';
import { parseRequest } from '../../src/odata/parse/parse-request.ts';
import { planRead } from '../../src/plan/plan-read.ts';
import { renderPage } from '../../src/sql/read/render-page.ts';
import { compareCells } from './evaluator.ts';
import { EXPOSED_MODEL, DAYS, openThings, ROWS, THINGS } from './things.ts';
import { templateOf, walkChunks } from './walk-chunks.ts';

let database: Database;
beforeAll(() => {
  database = openThings();
});
afterAll(() => {
  database.close();
});

function plan(collection: string, options = '') {
  const exposedModels = { 'v1.0': EXPOSED_MODEL, beta: EXPOSED_MODEL };
  return planRead(parseRequest(`/${collection}`, options, LIMITS), {
    version: 'beta',
    exposedModels,
    now: new Date('2018-02-21T12:00:00Z'),
    limits: LIMITS,
    continuation: null,
  });
}

type Term = readonly [name: string, descending: boolean];
const keyOf = (row: Record<string, unknown>): string =>
  `${String(row['dateKey'])}/${String(row['thingKey'])}`;

function sortedKeys(terms: readonly Term[]): string[] {
  const names = terms.map(([name]) => name);
  const backwards =
    names.every((name, index) => name === THINGS.key[index]) && terms.every(([, down]) => down);
  const all = [...terms, ...THINGS.key.map((name): Term => [name, terms.length > 0 && backwards])];
  return ROWS.toSorted((a, b) => {
    for (const [name, descending] of all) {
      const order = compareCells(a[name]!, b[name]!);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  }).map(keyOf);
}

const orders = fc.uniqueArray(fc.tuple(fc.constantFrom(...Object.keys(THINGS.properties)), fc.boolean()), {
  selector: ([name]) => name,
  maxLength: 3,
});

describe.each(['things', 'dailyThings'])('pages of %s', (collection) => {
  test('hold every row once and in order, whatever the order and the size', () => {
    fc.assert(
      fc.property(orders, fc.integer({ min: 1, max: 60 }), (terms, size) => {
        const orderby = terms.map(([name, descending]) => `${name}${descending ? ' desc' : ''}`).join();
        const { rows } = walkChunks(database, plan(collection, orderby && `$orderby=${orderby}`), size);
        expect(rows.map(keyOf)).toEqual(sortedKeys(terms));
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    '$filter=dateKey ge 20180220 and dateKey lt 20180301',
    '$filter=dateKey eq 20180221',
    '$filter=dateKey eq 20180221 and thingKey gt 3',
    '$filter=dateKey eq 20180221 and thingKey eq 3',
    '$filter=thingKey ge 2 and thingKey le 7&$orderby=dateKey desc',
    '$filter=dateKey gt 20180219&$orderby=dateKey desc,thingKey',
    '$filter=dateKey in (20180219,20180301)&$orderby=thingKey',
    '$filter=name ne null&$orderby=length(name) desc,tolower(name)',
    '$orderby=ratio divby 3 desc',
    '$orderby=contains(name,%27a%27) desc,flag',
    '$skip=7&$orderby=seen',
  ])('of any size hold the same rows: %s', (options) => {
    const whole = walkChunks(database, plan(collection, options), 1000).rows.map(keyOf);
    for (const size of [1, 2, 5, 7]) {
      expect(walkChunks(database, plan(collection, options), size).rows.map(keyOf)).toEqual(whole);
    }
    expect(new Set(whole).size).toBe(whole.length);
  });

  test.each([
    ['the key', ''],
    ['the key from its end', '$orderby=dateKey desc'],
    ['the key from its end, spelt out', '$orderby=dateKey desc,thingKey desc'],
    ['one day', '$filter=dateKey eq 20180221'],
    ['one day, by the rest of the key', '$filter=dateKey eq 20180221&$orderby=thingKey'],
    ['a range of days', '$filter=dateKey ge 20180219 and dateKey lt 20180301'],
    ['a range of days from its end', '$filter=dateKey le 20180301&$orderby=dateKey desc'],
  ])('in the order of %s are sought and not sorted', (_, options) => {
    const statements = renderPage(plan(collection, options), templateOf(['label']), SQLITE_DIALECT);
    expect(statements.sortsEveryChunk).toBe(false);
    for (const { text, values } of [statements.first, statements.next]) {
      const steps = database
        .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${text}`)
        .all(...values.map(() => 1));
      const reads = steps
        .map(({ detail }) => detail)
        .filter((detail) => !/subquery|MERGE|LEFT|RIGHT/.test(detail));
      expect(reads.filter((detail) => /TEMP B-TREE/.test(detail))).toEqual([]);
    }
    const seeks = database
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${statements.next.text}`)
      .all(...statements.next.values.map(() => 1));
    // Only the chunk itself is read from end to end, once it is there.
    expect(seeks.filter(({ detail }) => /^SCAN (?!\()/.test(detail))).toMatchObject([{ detail: 'SCAN r0' }]);
  });
});

test('a chunk begins where the last one ended, not at the first day of the filter', () => {
  const { next } = renderPage(
    plan('things', '$filter=dateKey ge 20180101'),
    templateOf(['label']),
    SQLITE_DIALECT,
  );
  const steps = database
    .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${next.text}`)
    .all(...next.values.map(() => 1));
  expect(steps.map(({ detail }) => detail)).toContain(
    'SEARCH r0 USING PRIMARY KEY (dateKey=? AND thingKey>?)',
  );
  expect(next.text).toContain('"r0"."dateKey" > ? AND +"r0"."dateKey" >= ?');
});

test('an order that no index gives says so, and is read in one pass a chunk', () => {
  const { next, sortsEveryChunk: sorts } = renderPage(
    plan('things', '$orderby=label'),
    templateOf(['label']),
    SQLITE_DIALECT,
  );
  expect(sorts).toBe(true);
  expect(next.text).not.toContain('UNION');
});

test('a statement that may pass over rows asks about its deadline, and one that only shows rows does not', () => {
  const text = (options: string): string =>
    renderPage(plan('dailyThings', options), templateOf(['label']), SQLITE_DIALECT).next.text;
  expect(text('')).not.toContain('within_deadline');
  expect(text('$filter=dateKey ge 20180219 and dateKey lt 20180301')).not.toContain('within_deadline');
  expect(text("$filter=label eq 'a'")).toMatch(/WHERE within_deadline\("r0"\."thingKey"\) AND/);
  expect(text('$orderby=label')).toContain('within_deadline');
  expect(text('$skip=5')).toContain('within_deadline');
});

test('the days of the fixture are what the pages show', () => {
  const { rows } = walkChunks(database, plan('dailyThings', '$filter=thingKey eq 0'), 100);
  expect(rows.map((row) => row['dateKey'])).toEqual(DAYS);
});
