// What SQLite answers to $apply is what its transformations mean, on random sequences of them.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from 'better-sqlite3';
import fc from 'fast-check';
import type { Row } from '../../schema/entity.ts';
import { evaluateApply, type RelatedValues, inOrder, type Table } from './apply-evaluator.ts';
import { OWN_COLUMNS, planApplied, NAVIGATED_COLUMNS } from './plan-applied.ts';
import { randomApplies } from './random-applies.ts';
import { KIND_ROWS, openThings, ROWS, THINGS } from './things.ts';
import { walkChunks } from './walk-chunks.ts';

let database: Database;
beforeAll(() => {
  database = openThings();
});
afterAll(() => {
  database.close();
});

const applies = randomApplies(OWN_COLUMNS, NAVIGATED_COLUMNS, [
  'kind/children/kindKey',
  'kind/children/things/number',
]);

const parentOf = (key: unknown) => KIND_ROWS.find(({ kindKey }) => key !== null && kindKey === Number(key));

const childrenOf = (row: Row) =>
  KIND_ROWS.filter(
    ({ parentKey }) => row['number'] !== null && parentKey === Number(row['number']) && parentOf(parentKey),
  );
const thingsOf = (key: number) => ROWS.filter(({ number }) => number === BigInt(key));

/** What a thing reaches many of: the kinds below its own, and the things of those. */
const FOLDED: RelatedValues = new Map([
  ['kind/children/kindKey', (row) => childrenOf(row).map(({ kindKey }) => BigInt(kindKey))],
  ['kind/children/$count', (row) => childrenOf(row).map(() => 1n)],
  [
    'kind/children/things/number',
    (row) => childrenOf(row).flatMap(({ kindKey }) => thingsOf(kindKey).map(({ number }) => number ?? null)),
  ],
  [
    'kind/children/things/$count',
    (row) => childrenOf(row).flatMap(({ kindKey }) => thingsOf(kindKey).map(() => 1n)),
  ],
]);

/** The things, with what can be reached from them. */
const TABLE: Table = {
  rows: ROWS.map((row): Row => {
    const kind = parentOf(row['number']);
    const parent = parentOf(kind?.parentKey ?? null);
    return {
      ...row,
      'kind/title': kind?.title ?? null,
      'kind/on': kind?.on ?? null,
      'kind/kindKey': kind ? BigInt(kind.kindKey) : null,
      'kind/parent/title': parent?.title ?? null,
    };
  }),
  key: THINGS.key,
  order: [],
  navigable: [...NAVIGATED_COLUMNS.keys()],
  relatedValues: FOLDED,
};

// Whole numbers are exact here as JSON.parse has them: those beyond 2^53 are counted and compared, never added up.
function asJson(row: Row, columns: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    columns.map((name) => {
      const cell = row[name] ?? null;
      const isInstant = typeof cell === 'string' && /^\d{4}-\d\d-\d\dT/.test(cell);
      return [name, typeof cell === 'bigint' ? Number(cell) : isInstant ? `${cell}Z` : cell];
    }),
  );
}

describe.each(['things', 'dailyThings'])('$apply on %s', (collection) => {
  test('yields the rows that its transformations mean, in their order, however small the chunks', () => {
    fc.assert(
      fc.property(applies, fc.integer({ min: 1, max: 70 }), (steps, size) => {
        const plan = planApplied(collection, steps);
        const { rows } = walkChunks(database, plan, size);
        const expected = evaluateApply(steps, TABLE);
        expect(rows).toEqual(inOrder(expected).map((row) => asJson(row, plan.columns)));
      }),
      { numRuns: 800 },
    );
  });
});
