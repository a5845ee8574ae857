// What SQLite answers to a filter is what the standard says, on random filters over values that are easily got wrong.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database } from 'better-sqlite3';
import fc from 'fast-check';
import { SQLITE_DIALECT } from '../../src/engines/sqlite/sqlite-dialect.ts';
import type { Expression } from '../../src/odata/syntax/expression.ts';
import { bindCondition } from '../../src/plan/bind/bind-expression.ts';
import { identifier, rowAlias, sql, statement } from '../../src/sql/fragment.ts';
import { type ConditionContext, renderCondition } from '../../src/sql/read/render-condition.ts';
import { holds } from './evaluator.ts';
import { randomExpressions } from './random-filters.ts';
import { openThings, ROWS, VOCABULARY, thingScope } from './things.ts';

let database: Database;
beforeAll(() => {
  database = openThings();
});
afterAll(() => {
  database.close();
});

const { condition } = randomExpressions(VOCABULARY);
const scope = thingScope();

function rendered(expression: Expression, place: ConditionContext) {
  return renderCondition(bindCondition(expression, scope), place, SQLITE_DIALECT);
}

test('a random filter keeps the rows for which it is true', () => {
  fc.assert(
    fc.property(condition, (expression) => {
      const { text, values } = statement(
        sql`SELECT ${identifier('dateKey')} || '/' || ${identifier('thingKey')} FROM ${identifier('things')} AS ${rowAlias(0)} WHERE ${rendered(expression, 'filter')}`,
        () => '?',
      );
      const found = database
        .prepare(text)
        .pluck()
        .all(...values);
      const expected = ROWS.filter((row) => holds(expression, row) === true);
      expect(found.toSorted()).toEqual(
        expected.map(({ dateKey, thingKey }) => `${dateKey}/${thingKey}`).toSorted(),
      );
    }),
    { numRuns: 3000 },
  );
});

test('a random condition is true, false and unknown where the standard says so', () => {
  fc.assert(
    fc.property(condition, (expression) => {
      const { text, values } = statement(
        sql`SELECT ${rendered(expression, 'exact')} FROM ${identifier('things')} AS ${rowAlias(0)} ORDER BY ${identifier('dateKey')}, ${identifier('thingKey')}`,
        () => '?',
      );
      const found = database
        .prepare(text)
        .pluck()
        .all(...values);
      expect(found).toEqual(
        ROWS.map((row) => holds(expression, row)).map((each) => (each === null ? null : Number(each))),
      );
    }),
    { numRuns: 2000 },
  );
});
