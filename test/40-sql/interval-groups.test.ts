// Groups of days made of spans are those of the view, whatever the spans.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../src/base/limits.ts';
import type { Database } from 'better-sqlite3';
import fc from 'fast-check';
import { OPEN_END } from '../../src/base/date-key.ts';
import { SQLITE_DIALECT } from '../../src/engines/sqlite/sqlite-dialect.ts';
import { parseApply } from '../../src/odata/parse/parse-apply.ts';
import type { Transformation } from '../../src/odata/syntax/parsed-request.ts';
import { renderPage } from '../../src/sql/read/render-page.ts';
import { OWN_COLUMNS, planApplied, NAVIGATED_COLUMNS } from './plan-applied.ts';
import { randomApplies } from './random-applies.ts';
import { openThings } from './things.ts';
import { templateOf, walkChunks } from './walk-chunks.ts';

let database: Database;
beforeAll(() => {
  database = openThings();
});
afterAll(() => {
  database.close();
});

const at = 0;
// A statement with a computed column is read row by row, since the sources of the column are unknown.
const ROW_BY_ROW: Transformation = {
  kind: 'compute',
  items: [{ expression: { kind: 'literal', literal: { type: 'boolean', value: true }, at }, as: 'more', at }],
  at,
};

const value = fc.option(fc.integer({ min: -2, max: 2 }), { nil: null });
/** Of one thing in one month: days on which a span begins or ends, among them such as were never published. */
const lives = fc.array(
  fc.record({
    period: fc.constantFrom(201802, 201803),
    cuts: fc.uniqueArray(fc.constantFrom(0, 18, 19, 20, 21, 22, 28), { minLength: 1, maxLength: 5 }),
    isOpen: fc.boolean(),
    values: fc.array(value, { minLength: 6, maxLength: 6 }),
  }),
  { minLength: 1, maxLength: 12 },
);

function lay(all: typeof lives extends fc.Arbitrary<infer Lives> ? Lives : never): void {
  database.exec('DELETE FROM dailyThingsSpans');
  const insert = database.prepare(
    `INSERT INTO dailyThingsSpans (period, thingKey, fromKey, toKey, label, name, number, size, "on", changed)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '2018-02-21T23:18:51')`,
  );
  all.forEach(({ period, cuts, isOpen, values }, thing) => {
    const days = cuts.toSorted((a, b) => a - b).map((day) => period * 100 + day);
    days.forEach((from, index) => {
      const to = days[index + 1] ?? (isOpen ? OPEN_END : null);
      const number = values[index] ?? null;
      const text = number === null ? null : `n${number}`;
      if (to !== null)
        insert.run(period, thing, from, to, text ?? '', text, number, number, Number(number === 1));
    });
  });
}

test('random transformations yield the same rows as of days one by one', () => {
  fc.assert(
    fc.property(lives, randomApplies(OWN_COLUMNS, NAVIGATED_COLUMNS), (all, steps) => {
      lay(all);
      const rowsOf = (written: readonly Transformation[]) => {
        const { rows } = walkChunks(database, planApplied('dailyThings', written), 1000);
        return rows.map((row) => ({ ...row, more: undefined }));
      };
      expect(rowsOf(steps)).toEqual(rowsOf([ROW_BY_ROW, ...steps]));
    }),
    { numRuns: 500 },
  );
});

describe('spans are read for', () => {
  const textOf = (steps: string): string => {
    const plan = planApplied('dailyThings', parseApply(steps, LIMITS));
    return renderPage(plan, templateOf(plan.columns), SQLITE_DIALECT).first.text;
  };

  test.each([
    'groupby((dateKey,number),aggregate($count as n))',
    'groupby((kind/title))',
    'filter(number gt 1 and dateKey ge 20180220)/groupby((dateKey),aggregate(size with sum as s))',
    'aggregate(dateKey with countdistinct as days,number with average as mean,name with max as last)',
    'groupby((rollup(number,flag)),aggregate($count as n))',
    'groupby((thingKey),aggregate(dateKey with max as last))/filter(last gt 20180220)',
  ])('%s', (steps) => {
    expect(textOf(steps)).toContain('"dailyThingsSpans"');
    expect(textOf(steps)).not.toContain('"dailyThings"');
  });

  test.each([
    ['what is distinct among many days', 'aggregate(number with countdistinct as n)'],
    ['fractions, whose sum depends on their order', 'aggregate(ratio with sum as s)'],
    ['averages that need more than 64 bits on the way', 'aggregate(size with average as a)'],
    ['days beside other values', 'groupby((dateKey),aggregate(dateKey add number with max as n))'],
    ['a condition on both', 'filter(dateKey eq 20180220 or number eq 1)/groupby((dateKey))'],
    ['rows that are chosen first', 'topcount(3,number)/groupby((dateKey))'],
  ])('no groups of %s', (_, steps) => {
    expect(textOf(steps)).not.toContain('"dailyThingsSpans"');
  });
});
