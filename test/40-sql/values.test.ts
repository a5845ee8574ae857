// What expressions come to in SQLite: the edges of whole numbers, and values that change their type.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../src/base/limits.ts';
import type { Database } from 'better-sqlite3';
import { SQLITE_DIALECT } from '../../src/engines/sqlite/sqlite-dialect.ts';
import { parseExpression } from '../../src/odata/parse/parse-expression.ts';
import { bindScalar } from '../../src/plan/bind/bind-expression.ts';
import { identifier, rowAlias, sql, statement } from '../../src/sql/fragment.ts';
import { renderScalar } from '../../src/sql/read/render-condition.ts';
import { openThings, thingScope } from './things.ts';

let database: Database;
beforeAll(() => {
  database = openThings();
});
afterAll(() => {
  database.close();
});

/** The value for the thing -1 of 2018-02-19, whose size is 9007199254740992 and which is not on. */
function valueOf(expression: string): unknown {
  const scalar = bindScalar(parseExpression(expression, '$compute', LIMITS), thingScope());
  const { text, values } = statement(
    sql`SELECT ${renderScalar(scalar, SQLITE_DIALECT)} FROM ${identifier('things')} AS ${rowAlias(0)} WHERE ${identifier('dateKey')} = 20180219 AND ${identifier('thingKey')} = -1`,
    () => '?',
  );
  return database
    .prepare(text)
    .pluck()
    .safeIntegers()
    .get(...values);
}

describe('whole numbers', () => {
  test.each<[string, bigint | number]>([
    ['size add 1', 9007199254740993n],
    ['9223372036854775807 sub 1', 9223372036854775806n],
    ['-9223372036854775807 sub 1', -9223372036854775808n],
    ['thingKey sub 4 mul 2', -9n],
    ['-7 div 2', -3n],
    ['-7 mod 2', -1n],
    ['-7 divby 2', -3.5],
    ['(size mul 2) divby 2', 9007199254740992],
    ['1 div thingKey', -1n],
  ])('%s is %s', (expression, value) => {
    expect(valueOf(expression)).toBe(value);
  });

  test.each([
    '9223372036854775807 add 1',
    '-9223372036854775807 sub 2',
    '9223372036854775807 mul 2 sub 9223372036854775807',
    '(size mul size) mod 7',
    '(size mul size) divby 7',
    '-(size mul size)',
    '(0 sub 9223372036854775807 sub 1) div thingKey',
  ])('%s leaves 64 bits, and is the reader’s error', (expression) => {
    expect(() => valueOf(expression)).toThrow(
      expect.objectContaining({ code: 'request.type-mismatch', message: expect.stringContaining('64 bits') }),
    );
  });
});

describe('matchesPattern', () => {
  test.each<[string, bigint | null]>([
    ["matchesPattern(label,'^a%.*c$')", 1n],
    ["matchesPattern(label,'^A')", 0n],
    ["matchesPattern(label,'(?i)^A')", 1n],
    ["matchesPattern('日本語','本')", 1n],
    ["matchesPattern(null,'a')", null],
    // Goes back for ever in an engine that goes back.
    [`matchesPattern('${'a'.repeat(5000)}!','^(a+)+$')`, 0n],
  ])('%s is %s', (expression, value) => {
    expect(valueOf(expression)).toBe(value);
  });

  test.each([
    ["matchesPattern(label,'[')", /missing closing/],
    ["matchesPattern(label,'(?=a)b')", /cannot be used/],
    ["matchesPattern(label,'(a)\\1')", /cannot be used/],
    ["matchesPattern(label,'(a{1000}){1000}')", /cannot be used/],
    ['matchesPattern(label,name)', /in quotes/],
  ])('%s is refused', (expression, message) => {
    expect(() => valueOf(expression)).toThrow(
      expect.objectContaining({
        code: 'request.type-mismatch',
        position: 21,
        message: expect.stringMatching(message),
      }),
    );
  });
});

test('an instant has no offset but that of UTC', () => {
  expect(valueOf('totaloffsetminutes(changed)')).toBe(0n);
});

describe('case', () => {
  test.each<[string, unknown]>([
    ["case(thingKey gt 0:'many',thingKey eq -1:'minus',true:'few')", 'minus'],
    ["case(thingKey gt 0:'many')", null],
    // Unknown is not true.
    ["case(number gt 0 or null:'unknown',true:'else')", 'else'],
    ['case(false:1,true:2.5)', 2.5],
    ['case(true:null,true:1)', null],
    ['case(on:1,not on:0)', 0n],
  ])('%s is %s', (expression, value) => {
    expect(valueOf(expression)).toBe(value);
  });

  test('has values of one kind', () => {
    expect(() => valueOf("case(true:1,true:'a')")).toThrow(
      expect.objectContaining({ code: 'request.type-mismatch', position: 17 }),
    );
  });
});

describe('substring', () => {
  test.each<[string, string | null]>([
    ["substring('abc',1)", 'bc'],
    ["substring('abc',3)", ''],
    ["substring('abc',-1)", 'c'],
    ["substring('abc',-3)", 'abc'],
    ["substring('abc',-9)", 'abc'],
    ["substring('abc',-2,1)", 'b'],
    ["substring('abc',-9,1)", 'a'],
    ["substring('abc',1,-1)", ''],
    ["substring('',-1,1)", ''],
    ["substring('😀日本',-2)", '日本'],
    ["substring('abc',9223372036854775807)", ''],
    ["substring('abc',-9223372036854775807)", 'abc'],
    ["substring('abc',null)", null],
  ])('%s is %s', (expression, value) => {
    expect(valueOf(expression)).toBe(value);
  });
});

describe('durations', () => {
  const HOUR = 36_000_000_000n;
  // The thing was changed at 2018-02-21T23:18:51.3277272.
  test.each<[string, unknown]>([
    ["duration'PT1H'", HOUR],
    ["-duration'PT1H'", -HOUR],
    ["changed add duration'PT0.0000001S'", '2018-02-21T23:18:51.3277273'],
    ["changed sub duration'P21DT23H18M51.3277272S'", '2018-01-31T00:00:00'],
    ["changed add 'P1D'", '2018-02-22T23:18:51.3277272'],
    ['changed sub 2018-02-21T22:18:51.3277272Z', HOUR],
    ["changed sub '2018-02-21T22:18:51.3277272Z'", HOUR],
    ['(changed sub 2018-02-21) add (date(changed) sub 2018-02-20)', 24n * HOUR + 839313277272n],
    ["date(changed) add duration'P1DT23H'", '2018-02-22'],
    ["date(changed) sub duration'PT1S'", '2018-02-20'],
    ['date(changed) sub 2018-02-19', 48n * HOUR],
    ["duration'PT1H' mul 2", 2n * HOUR],
    ["1.5 mul duration'PT1H'", HOUR + HOUR / 2n],
    ["duration'PT1H' div thingKey", -HOUR],
    ["duration'PT1H' divby 7", 5142857143n],
    ["duration'PT1H' sub duration'PT2H'", -HOUR],
    ["totalseconds(duration'PT1M0.5S')", 60.5],
    ["cast(duration'PT36H',Edm.String)", 'P1DT12H'],
    ["cast('-P1DT0.5S',Edm.Duration)", -(24n * HOUR) - 5_000_000n],
    ["cast('1 hour',Edm.Duration)", null],
    ["case(true:9999-12-31T00:00:00Z) add 'P1D'", null],
    ["case(true:0001-01-01T00:00:00Z) sub 'PT1S'", null],
  ])('%s is %s', (expression, value) => {
    expect(valueOf(expression)).toBe(value);
  });

  test.each([
    ['changed add 1', /add does not take an instant and a whole number/],
    ['changed add changed', /add does not take an instant and an instant/],
    ["changed add 'soon'", /add does not take an instant and a text/],
    ["changed mul duration'PT1H'", /mul does not take/],
    ["1 add duration'PT1H'", /add does not take/],
    ["1 div duration'PT1H'", /div does not take/],
    ["duration'PT1H' mod 2", /mod does not take/],
    ["duration'PT1H' div 0", /zero/],
    ["duration'PT1H' gt 1", /duration/],
    ["now() add duration'P9999999D'", /beyond the years/],
    ["duration'P99999999D' eq duration'PT1H'", /out of range for a duration/],
  ])('%s is refused', (expression, message) => {
    expect(() => valueOf(expression)).toThrow(
      expect.objectContaining({ code: 'request.type-mismatch', message: expect.stringMatching(message) }),
    );
  });

  test('that leave 64 bits are the reader’s error', () => {
    expect(() => valueOf("duration'P9999999D' mul 1000")).toThrow(
      expect.objectContaining({ code: 'request.type-mismatch', message: expect.stringContaining('64 bits') }),
    );
  });
});

describe('isof', () => {
  test.each<[string, bigint]>([
    ['isof(size,Edm.Int64)', 1n],
    ['isof(size,Edm.Int32)', 0n],
    ['isof(cast(label,Edm.Int32),Edm.Int32)', 0n],
    ['isof(label,edm.string)', 1n],
    ['isof(on,Edm.PrimitiveType)', 1n],
    ['isof(kind/title,Edm.Guid)', 0n],
    ['isof(null,Edm.String)', 0n],
    ['isof(Test.thing)', 1n],
    ['isof(Test.kind)', 0n],
    ['not isof(size,Edm.Int64)', 0n],
  ])('%s is %s', (expression, value) => {
    expect(valueOf(expression)).toBe(value);
  });

  test.each([
    ['isof(size,Edm.Int46)', 'request.type-mismatch', /no type 'Edm.Int46'/],
    ['isof(size)', 'request.malformed-expression', /1 or 2 arguments/],
    ['isof(sze,Edm.Int64)', 'request.unknown-property', /'sze'/],
  ])('%s is refused', (expression, code, message) => {
    expect(() => valueOf(expression)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});

describe('cast', () => {
  test.each<[string, unknown]>([
    ['cast(size,Edm.String)', '9007199254740992'],
    ['cast(on,Edm.String)', 'false'],
    ['cast(2018-02-21T23:18:51Z,Edm.String)', '2018-02-21T23:18:51Z'],
    ["cast('12',Edm.Int32)", 12n],
    ["cast('-9223372036854775808',Edm.Int64)", -9223372036854775808n],
    ["cast('9223372036854775808',Edm.Int64)", null],
    ["cast('1e3',Edm.Int64)", null],
    ["cast('abc',Edm.Int32)", null],
    ['cast(size,Edm.Int32)', null],
    ['cast(2.9,Edm.Int32)', 2n],
    ['cast(-2.9,Edm.Int64)', -2n],
    ['cast(1e300,Edm.Int64)', null],
    ["cast('1e3',Edm.Double)", 1000],
    ["cast('0x10',Edm.Double)", null],
    ["cast('1e999',Edm.Double)", null],
    ['cast(thingKey,Edm.Double)', -1],
    ['cast(2018-02-21T23:18:51Z,Edm.Date)', '2018-02-21'],
    ['cast(2018-02-21,Edm.DateTimeOffset)', '2018-02-21T00:00:00'],
    ['cast(null,Edm.String)', null],
    ["cast('a',Edm.String)", 'a'],
    ["cast('2018-02-21T23:18:51.5+01:00',Edm.DateTimeOffset)", '2018-02-21T22:18:51.5'],
    ["cast('2018-02-21',Edm.DateTimeOffset)", '2018-02-21T00:00:00'],
    ["cast('2018-02-30',Edm.DateTimeOffset)", null],
    ["cast('2018-02-21',Edm.Date)", '2018-02-21'],
    ["cast('2018-02-21T00:00:00Z',Edm.Date)", null],
    ["cast('08:30',Edm.TimeOfDay)", '08:30:00'],
    ["cast('25:30',Edm.TimeOfDay)", null],
    ['cast(2018-02-21T23:18:51.5Z,Edm.TimeOfDay)', '23:18:51.5'],
    ["cast('TRUE',Edm.Boolean)", 1n],
    ["cast('yes',Edm.Boolean)", null],
    ["cast('0.5',Edm.Decimal)", 0.5],
  ])('%s is %s', (expression, value) => {
    expect(valueOf(expression)).toBe(value);
  });

  test.each([
    ['cast(on,Edm.Int32)', 'request.type-mismatch', /cannot become/],
    ["cast('a',Edm.Guid)", 'request.not-offered', /Edm\.Guid/],
    ['cast(Edm.String)', 'request.malformed-expression', /2 arguments/],
  ])('%s is refused', (expression, code, message) => {
    expect(() => valueOf(expression)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});
