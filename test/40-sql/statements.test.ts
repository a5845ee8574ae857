// Statements as text and values, and what SQLite makes of them.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from 'better-sqlite3';
import { LIMITS } from '../../src/base/limits.ts';
import { SQLITE_DIALECT } from '../../src/engines/sqlite/sqlite-dialect.ts';
import type { RowTemplate } from '../../src/format/odata/row-template.ts';
import type { Expression } from '../../src/odata/syntax/expression.ts';
import { parseRequest } from '../../src/odata/parse/parse-request.ts';
import { bindCondition } from '../../src/plan/bind/bind-expression.ts';
import { planRead } from '../../src/plan/plan-read.ts';
import {
  column,
  identifier,
  joinFragments,
  rowAlias,
  sql,
  statement,
  value,
} from '../../src/sql/fragment.ts';
import { prefixEnd } from '../../src/sql/read/prefix-end.ts';
import { renderCondition } from '../../src/sql/read/render-condition.ts';
import { renderCount, renderEntity, renderExists, renderValue } from '../../src/sql/read/render-single.ts';
import type { Statement } from '../../src/sql/statement.ts';
import { EXPOSED_MODEL, openThings, ROWS, THINGS, thingScope } from './things.ts';

let database: Database;
beforeAll(() => {
  database = openThings();
});
afterAll(() => {
  database.close();
});

function plan(address: string) {
  const [path = '', options = ''] = address.split('?');
  const exposedModels = { 'v1.0': EXPOSED_MODEL, beta: EXPOSED_MODEL };
  return planRead(parseRequest(path, options, LIMITS), {
    version: 'beta',
    exposedModels,
    now: new Date('2018-02-21T12:00:00Z'),
    limits: LIMITS,
    continuation: null,
  });
}

const first = ({ text, values }: Statement): unknown =>
  database
    .prepare(text)
    .pluck()
    .get(...values);

describe('fragments', () => {
  test('values are bound in their order in the text', () => {
    const inner = sql`${value('b')} + ${value(3n)}`;
    const whole = statement(
      sql`SELECT ${value('a')}, ${inner}, ${joinFragments([value(4n), value(null)], sql`, `)}`,
      (n) => `$${n}`,
    );
    expect(whole).toEqual({ text: 'SELECT $1, $2 + $3, $4, $5', values: ['a', 'b', 3n, 4n, null] });
  });

  test.each(['a"b', 'a b', '', 'a;', '1a', 'ä'])('%j is not a name', (name) => {
    expect(() => identifier(name)).toThrow(TypeError);
  });

  test('a column is named by its row', () => {
    expect(column(2, 'label').texts).toEqual(['"r2"."label"']);
  });
});

test.each([
  ['ab', 'ac'],
  ['日', '旦'],
  ['a\u{10ffff}', 'b'],
  ['\ud7ff', '\ue000'],
  ['😀', '😁'],
  ['\u{10ffff}', null],
  ['', null],
  ['\ud800', null],
])('what starts with %j ends before %j', (prefix, end) => {
  expect(prefixEnd(prefix)).toBe(end);
});

describe('long chains', () => {
  const chain = (length: number, make: (index: number) => Expression): Expression => ({
    kind: 'logical',
    operator: 'or',
    operands: Array.from({ length }, (_, index) => make(index)),
    at: 0,
  });
  const compare = (name: string, operator: 'eq' | 'gt', index: number): Expression => ({
    kind: 'comparison',
    operator,
    left: { kind: 'path', segments: [name], at: 0 },
    right: { kind: 'literal', literal: { type: 'integer', value: BigInt(index) }, at: 0 },
    at: 0,
  });
  const scope = thingScope();
  const count = (expression: Expression): unknown => {
    const where = renderCondition(bindCondition(expression, scope), 'filter', SQLITE_DIALECT);
    return first(
      statement(
        sql`SELECT count(*) FROM ${identifier('things')} AS ${rowAlias(0)} WHERE ${where}`,
        () => '?',
      ),
    );
  };

  test('5,000 values of one property are one membership', () => {
    expect(count(chain(5000, (index) => compare('thingKey', 'eq', index)))).toBe(
      ROWS.filter(({ thingKey }) => Number(thingKey) >= 0).length,
    );
  });

  test('5,000 different conditions stay within SQLite’s depth', () => {
    expect(count(chain(5000, (index) => compare('thingKey', 'gt', 5000 - index)))).toBe(
      ROWS.filter(({ thingKey }) => Number(thingKey) > 1).length,
    );
  });

  test('large whole numbers and hostile texts stay themselves in a long list', () => {
    const many = Array.from({ length: 200 }, (_, index) => `'x${index}'`).join();
    const where = (list: string): unknown =>
      first(renderCount(plan(`/things?$filter=${list}`), SQLITE_DIALECT));
    expect(where(`label in (${many},'"quoted"','O''Neil')`)).toBe(
      ROWS.filter(({ label }) => label === '"quoted"' || label === "O'Neil").length,
    );
    const numbers = Array.from({ length: 200 }, (_, index) => 9007199254740993n + BigInt(index)).join();
    expect(where(`size in (${numbers})`)).toBe(ROWS.filter(({ size }) => size === 9007199254740993n).length);
  });
});

describe('one row', () => {
  const template = (more: Partial<RowTemplate> = {}): RowTemplate => ({
    members: Object.keys(THINGS.properties).map((name) => ({ kind: 'property', name })),
    int64AsText: false,
    omitNulls: false,
    ...more,
  });
  const write = (key: string, rowTemplate: RowTemplate): string =>
    (first(renderEntity(plan(`/things(${key})`), rowTemplate, SQLITE_DIALECT)) as Buffer).toString();

  test('is written as JSON, every type in its own way', () => {
    expect(write('dateKey=20180219,thingKey=1', template())).toBe(
      '{"dateKey":20180219,"thingKey":1,"label":"日本語テスト","name":"😀 smile","number":0,"size":-9007199254740993,"ratio":null,"on":false,"flag":false,"changed":"2016-01-01T00:00:00Z","seen":"2018-02-21T23:18:51.3277273Z"}',
    );
  });

  test.each(ROWS.map(({ dateKey, thingKey }) => [Number(dateKey), Number(thingKey)] as const))(
    'reads back as it was stored: (%d,%d)',
    (dateKey, thingKey) => {
      expect(write(`dateKey=${dateKey},thingKey=${thingKey}`, template())).toBe(jsonOf(dateKey, thingKey));
    },
  );

  test('leaves nulls out where the client wants that, in any position', () => {
    const members = ['name', 'flag', 'seen', 'label'].map((name) => ({ kind: 'property', name }) as const);
    expect(JSON.parse(write('dateKey=20180220,thingKey=-2', template({ members, omitNulls: true })))).toEqual(
      Object.fromEntries(
        Object.entries(withInstants(find(20180220, -2))).filter(
          ([name, cell]) => cell !== null && members.some((each) => each.name === name),
        ),
      ),
    );
    expect(
      write('dateKey=20180219,thingKey=-2', template({ members: members.slice(0, 1), omitNulls: true })),
    ).toBe('{}');
  });

  test('carries Int64 as text for clients that cannot hold it', () => {
    const members = [{ kind: 'property', name: 'size' }] as const;
    const large = ROWS.find(({ size }) => size === 9007199254740993n)!;
    const key = `dateKey=${String(large['dateKey'])},thingKey=${String(large['thingKey'])}`;
    expect(write(key, template({ members, int64AsText: true }))).toBe('{"size":"9007199254740993"}');
    expect(write(key, template({ members }))).toBe('{"size":9007199254740993}');
  });

  test('has its address, percent-encoded', () => {
    const members: RowTemplate['members'] = [
      {
        kind: 'annotation',
        name: '@odata.id',
        value: [
          { kind: 'text', text: "things('100%')(" },
          { kind: 'keyLiteral', property: 'thingKey' },
          { kind: 'text', text: ',' },
          { kind: 'keyLiteral', property: 'label' },
          { kind: 'text', text: ',' },
          { kind: 'keyLiteral', property: 'changed' },
          { kind: 'text', text: ')' },
        ],
      },
    ];
    const odd = ROWS.find(({ label }) => label === "O'Neil")!;
    const key = `dateKey=${String(odd['dateKey'])},thingKey=${String(odd['thingKey'])}`;
    const changed = `${String(odd['changed'])}Z`.replaceAll(':', '%3A');
    expect(write(key, template({ members }))).toBe(
      `{"@odata.id":"things('100%')(${String(odd['thingKey'])},'O''Neil',${changed})"}`,
    );
  });

  test('of an unknown key has no row', () => {
    expect(
      first(renderEntity(plan('/things(dateKey=20180220,thingKey=99)'), template(), SQLITE_DIALECT)),
    ).toBeUndefined();
    expect(
      first(renderExists(plan('/things(dateKey=20180220,thingKey=99)'), SQLITE_DIALECT)),
    ).toBeUndefined();
    expect(first(renderExists(plan('/things(dateKey=20180220,thingKey=0)'), SQLITE_DIALECT))).toBe(1);
  });

  function find(dateKey: number, thingKey: number) {
    return ROWS.find((each) => each['dateKey'] === dateKey && each['thingKey'] === thingKey)!;
  }
});

function withInstants(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, cell]) => {
      return [name, typeof cell === 'string' && /^(changed|seen)$/.test(name) ? `${cell}Z` : cell];
    }),
  );
}

/** The row as JavaScript writes it; its whole numbers are exact. */
function jsonOf(dateKey: number, thingKey: number): string {
  const row = ROWS.find((each) => each['dateKey'] === dateKey && each['thingKey'] === thingKey)!;
  const members = Object.entries(withInstants(row)).map(([name, cell]) => {
    const written = typeof cell === 'bigint' ? String(cell) : JSON.stringify(cell);
    return `"${name}":${name === 'ratio' ? fractionOf(cell as number | null) : written}`;
  });
  return `{${members.join()}}`;
}

// SQLite keeps the point of a fraction.
function fractionOf(cell: number | null): string {
  if (cell === null) return 'null';
  if (cell === 1e300) return '1.0e+300';
  return Number.isInteger(cell) ? `${cell}.0` : String(cell);
}

describe('one value', () => {
  const read = (address: string): unknown => {
    const bytes = first(renderValue(plan(address), { int64AsText: false }, SQLITE_DIALECT));
    return bytes instanceof Uint8Array ? Buffer.from(bytes).toString() : bytes;
  };

  test.each([
    ['/things(dateKey=20180219,thingKey=-1)/label', '"a%b_c"'],
    ['/things(dateKey=20180219,thingKey=-1)/label/$value', 'a%b_c'],
    ['/things(dateKey=20180219,thingKey=-1)/on', 'false'],
    ['/things(dateKey=20180219,thingKey=-1)/on/$value', 'false'],
    ['/things(dateKey=20180219,thingKey=-1)/changed', '"2018-02-21T23:18:51.3277272Z"'],
    ['/things(dateKey=20180219,thingKey=-1)/changed/$value', '2018-02-21T23:18:51.3277272Z'],
    ['/things(dateKey=20180219,thingKey=-1)/size', '9007199254740992'],
    ['/things(dateKey=20180219,thingKey=-2)/name', null],
    ['/things(dateKey=20180219,thingKey=-2)/flag/$value', null],
    ['/things(dateKey=20180219,thingKey=99)/name', undefined],
  ])('%s is %j', (address, expected) => {
    expect(read(address)).toBe(expected);
  });

  test('a divisor that is zero in a row is the reader’s error', () => {
    const count = renderCount(plan('/things?$filter=1 div number eq 1'), SQLITE_DIALECT);
    expect(() => first(count)).toThrow(expect.objectContaining({ code: 'request.type-mismatch' }));
  });

  test('a whole table is counted without a look at its rows', () => {
    expect(renderCount(plan('/things/$count'), SQLITE_DIALECT).text).toBe(
      'SELECT count(*) FROM "things" AS "r0"',
    );
    expect(first(renderCount(plan('/dailyThings/$count'), SQLITE_DIALECT))).toBe(ROWS.length);
  });
});
