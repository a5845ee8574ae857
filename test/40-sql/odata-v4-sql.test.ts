// odata-v4-sql beside ours: an oracle on the part of the language where it is right, and a fence around what it gets wrong.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../src/base/limits.ts';
import type { Database } from 'better-sqlite3';
import fc from 'fast-check';
import { createFilter } from 'odata-v4-sql';
import { SQLITE_DIALECT } from '../../src/engines/sqlite/sqlite-dialect.ts';
import { parseExpression } from '../../src/odata/parse/parse-expression.ts';
import { bindCondition } from '../../src/plan/bind/bind-expression.ts';
import { identifier, rowAlias, sql, statement } from '../../src/sql/fragment.ts';
import { renderCondition } from '../../src/sql/read/render-condition.ts';
import { openThings, ROWS, thingScope } from './things.ts';

let database: Database;
beforeAll(() => {
  database = openThings();
});
afterAll(() => {
  database.close();
});

const scope = thingScope();

function ours(filter: string) {
  const condition = bindCondition(parseExpression(filter, '$filter', LIMITS), scope);
  const where = renderCondition(condition, 'filter', SQLITE_DIALECT);
  return statement(
    sql`SELECT rowid FROM ${identifier('numbered')} AS ${rowAlias(0)} WHERE ${where}`,
    () => '?',
  );
}

function rowsOf({ text, values }: { text: string; values: readonly unknown[] }): unknown[] {
  return database
    .prepare(text)
    .pluck()
    .all(...values);
}

beforeAll(() => {
  database.exec('CREATE TABLE numbered AS SELECT * FROM things');
});

const number = fc.integer({ min: -3, max: 5 });
const letter = fc.constantFrom("'a'", "'b'", "'ab'", "'abc'", "'O''Neil'", "'1'");
const order = fc.constantFrom('eq', 'gt', 'ge', 'lt', 'le');
const clause = fc.oneof(
  fc.tuple(fc.constantFrom('thingKey', 'number'), order, number).map((parts) => parts.join(' ')),
  fc.tuple(fc.constantFrom('label', 'name'), order, letter).map((parts) => parts.join(' ')),
  fc
    .tuple(fc.constantFrom('label', 'name'), letter, number)
    .map(([text, part, at]) => `indexof(${text},${part}) eq ${at}`),
);
const { filter } = fc.letrec<{ filter: string }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3 },
    clause,
    fc.tuple(tie('filter'), fc.constantFrom('and', 'or'), tie('filter')).map((parts) => parts.join(' ')),
    tie('filter').map((inner) => `(${inner})`),
  ),
}));

test('comparisons, and, or and parentheses answer the same rows as odata-v4-sql’s', () => {
  fc.assert(
    fc.property(filter, (text) => {
      const theirs = createFilter(text);
      const where: string = theirs.where;
      const values = [...(theirs.parameters as Map<string, unknown>).values()];
      expect(rowsOf(ours(text))).toEqual(
        rowsOf({ text: `SELECT rowid FROM numbered WHERE ${where}`, values }),
      );
    }),
    { numRuns: 400 },
  );
});

describe('the fence', () => {
  const all = ROWS.length;

  // There each of these becomes 1 = 1: every row.
  test.each([
    ['not (number gt 1)', ROWS.filter(({ number: n }) => n === null || Number(n) <= 1).length],
    ["not contains(label,'a')", ROWS.filter(({ label }) => !String(label).includes('a')).length],
    [
      "not (contains(name,'a'))",
      ROWS.filter(({ name }) => name !== null && !String(name).includes('a')).length,
    ],
    ['thingKey gt 3 and not (thingKey gt 5)', 8],
  ])('%s is a condition', (text, rows) => {
    expect(rowsOf(ours(text))).toHaveLength(rows);
    expect(rows).toBeLessThan(all);
  });

  test.each(["O'Neil' or 1=1 --", "'; DROP TABLE things; --", '" OR ""="', '%', '_', "\\' OR '1'='1"])(
    'a text is bound, whatever it says: %s',
    (hostile) => {
      const literal = `'${hostile.replaceAll("'", "''")}'`;
      for (const text of [
        `label eq ${literal}`,
        `contains(label,${literal})`,
        `label in (${literal},'x')`,
        `startswith(label,${literal})`,
      ]) {
        const statement = ours(text);
        expect(statement.text).not.toContain(hostile);
        expect(statement.values).toContain(hostile);
        const expected = ROWS.filter(({ label }) =>
          text.startsWith('contains') ? String(label).includes(hostile) : false,
        );
        expect(rowsOf(statement)).toHaveLength(expected.length);
      }
    },
  );

  test.each([
    ['number eq null', ROWS.filter(({ number: n }) => n === null).length],
    [
      "number eq null and label eq 'ab'",
      ROWS.filter(({ number: n, label }) => n === null && label === 'ab').length,
    ],
    ['number ne 3', ROWS.filter(({ number: n }) => n !== 3n).length],
    ['flag eq true', ROWS.filter(({ flag }) => flag === true).length],
    ['size eq 9007199254740993', ROWS.filter(({ size }) => size === 9007199254740993n).length],
    [
      'changed ge 2018-02-21T23:18:51.3277273Z',
      ROWS.filter(({ changed }) => String(changed) >= '2018-02-21T23:18:51.3277273').length,
    ],
    ["contains(label,tolower('AB'))", ROWS.filter(({ label }) => String(label).includes('ab')).length],
    [
      'contains(label,name)',
      ROWS.filter(({ label, name }) => name !== null && String(label).includes(String(name))).length,
    ],
    ["label eq 'AB'", 0],
    ['(number add 1) mul 2 eq 4', ROWS.filter(({ number: n }) => n === 1n).length],
  ])('%s answers its rows', (text, rows) => {
    expect(rowsOf(ours(text))).toHaveLength(rows);
  });

  test.each(['rowid eq 1', 'sqlite_version eq 1', 'period eq 201802', '_rowid_ eq 1', 'oid eq 1'])(
    'a column that the model does not have is refused: %s',
    (text) => {
      expect(() => ours(text)).toThrow(expect.objectContaining({ code: 'request.unknown-property' }));
    },
  );
});
