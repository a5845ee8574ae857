// The grammar of $filter, one case a line.
import { describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../src/base/limits.ts';
import type { Expression, LiteralValue } from '../../src/odata/syntax/expression.ts';
import { parseExpression } from '../../src/odata/parse/parse-expression.ts';
import { outline } from './outline.ts';
import { refusalOf } from './refusal-of.ts';

const parse = (text: string): Expression => parseExpression(text, '$filter', LIMITS);

describe('precedence', () => {
  test.each([
    ['a eq 1', '(eq a 1)'],
    ['a eq 1 or b eq 2 and c eq 3', '(or (eq a 1) (and (eq b 2) (eq c 3)))'],
    ['a and b and c and d', '(and a b c d)'],
    ['a or b or c and d or e', '(or a b (and c d) e)'],
    ['a or (b or c)', '(or a (or b c))'],
    ['(a or b) or c', '(or (or a b) c)'],
    ['a sub b add c', '(add (sub a b) c)'],
    ['a sub (b add c)', '(sub a (add b c))'],
    ['a add b mul c div d', '(add a (div (mul b c) d))'],
    ['a mod 2 eq 0', '(eq (mod a 2) 0)'],
    ['a divby 2 gt 0.5', '(gt (divby a 2) 0.5)'],
    ['a gt 1 eq true', '(eq (gt a 1) true)'],
    ['a eq b gt c', '(eq a (gt b c))'],
    ['a in (1,2) eq true', '(eq (in a 1 2) true)'],
    ['-a add b', '(add (- a) b)'],
    ['-(a add b)', '(- (add a b))'],
    ['- 5', '(- 5)'],
    ['a sub -5', '(sub a -5)'],
    ['--a', '(- (- a))'],
    ["not contains(n,'x') and b eq 2", "(and (not (contains n 'x')) (eq b 2))"],
    ['not a eq b', '(eq (not a) b)'],
    ['not (a eq b)', '(not (eq a b))'],
    ['not not a', '(not (not a))'],
    ['((((a))))', 'a'],
  ])('%s', (text, tree) => {
    expect(outline(parse(text))).toBe(tree);
  });
});

describe('operands', () => {
  test.each([
    ["contains(tolower(n),'x') eq true", "(eq (contains (tolower n) 'x') true)"],
    ['now()', '(now)'],
    ['Contains( n , m )', '(contains n m)'],
    ['deviceType/deviceTypeName ne null', '(ne deviceType/deviceTypeName null)'],
    ['apps/$count gt 2', '(gt apps/$count 2)'],
    ['apps/$count($filter=a eq 1) gt 2', '(gt (count apps (eq a 1)) 2)'],
    ['a/apps/$count( filter = b/$count(Filter=c) eq 1 )', '(count a/apps (eq (count b c) 1))'],
    ['$it/a eq $it', '(eq $it/a $it)'],
    ['a in (1, 2 ,3)', '(in a 1 2 3)'],
    ["a in ('x')", "(in a 'x')"],
    ['a eq @p1 and @P2', '(and (eq a @p1) @P2)'],
    ['apps/any()', '(any apps)'],
    ["apps/any(x:x/name eq 'a')", "(any apps x (eq x/name 'a'))"],
    ['a/b/All(x:x/c/any(y:y eq x/d))', '(all a/b x (any x/c y (eq y x/d)))'],
    ['cast(a,Edm.String) eq b', '(eq (cast a <Edm.String>) b)'],
    ['isof(Edm.Int32) and isof(a,Ns.Type)', '(and (isof <Edm.Int32>) (isof a <Ns.Type>))'],
    [
      'now sub a gt b and mindatetime lt Maxdatetime',
      '(and (gt (sub (now) a) b) (lt (mindatetime) (maxdatetime)))',
    ],
    ['now/a eq b', '(eq now/a b)'],
    ["case(a gt 1:'many', true:'few') eq 'few'", "(eq (case (gt a 1):'many' true:'few') 'few')"],
    ['Case(a:case(b:1,c:2),d:3) gt 2', '(gt (case a:(case b:1 c:2) d:3) 2)'],
    ['apps/Ns.Special/name eq b', '(eq apps/Ns.Special/name b)'],
    [
      'nullable eq 1 and trueish and falsehood and INFO and NaNo',
      '(and (eq nullable 1) trueish falsehood INFO NaNo)',
    ],
    ['null/a eq null', '(eq null/a null)'],
    ['eq eq eq', '(eq eq eq)'],
    ['größe eq Größe', '(eq größe Größe)'],
    ['名前 eq 1', '(eq 名前 1)'],
    ['𐊀 eq 1', '(eq 𐊀 1)'],
  ])('%s', (text, tree) => {
    expect(outline(parse(text))).toBe(tree);
  });
});

describe('spelling', () => {
  test.each([
    'a eq 1 and not (contains(b,true))',
    '  a  eq\t1 and not(contains( b , true ))  ',
    'a EQ 1 AND NOT (CONTAINS(b,TRUE))',
    '(a eq 1)and(not(contains(b,True)))',
  ])('%s means the same', (text) => {
    expect(outline(parse(text))).toBe('(and (eq a 1) (not (contains b true)))');
  });
});

describe('literals', () => {
  test.each<[string, LiteralValue]>([
    ['null', { type: 'null' }],
    ['true', { type: 'boolean', value: true }],
    ['False', { type: 'boolean', value: false }],
    ['0', { type: 'integer', value: 0n }],
    ['-7', { type: 'integer', value: -7n }],
    ['+7', { type: 'integer', value: 7n }],
    ['9007199254740993', { type: 'integer', value: 9007199254740993n }],
    ['9223372036854775808', { type: 'integer', value: 9223372036854775808n }],
    ['1.5', { type: 'decimal', value: 1.5, text: '1.5' }],
    ['.5', { type: 'decimal', value: 0.5, text: '.5' }],
    ['1e5', { type: 'decimal', value: 100000, text: '1e5' }],
    ['1.5E-05', { type: 'decimal', value: 0.000015, text: '1.5E-05' }],
    ['INF', { type: 'decimal', value: Infinity, text: 'INF' }],
    ['-INF', { type: 'decimal', value: -Infinity, text: '-INF' }],
    ['NaN', { type: 'decimal', value: NaN, text: 'NaN' }],
    ["''", { type: 'string', value: '' }],
    ["'O''Neil'", { type: 'string', value: "O'Neil" }],
    ["''''", { type: 'string', value: "'" }],
    [
      "' / ? # \" \\ [ ] { } | % < > & + %41'",
      { type: 'string', value: ' / ? # " \\ [ ] { } | % < > & + %41' },
    ],
    ["'東京 🦊'", { type: 'string', value: '東京 🦊' }],
    ['A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', { type: 'guid', value: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11' }],
    ['00000000-0000-0000-0000-000000000000', { type: 'guid', value: '00000000-0000-0000-0000-000000000000' }],
    ['2018-02-21', { type: 'date', value: '2018-02-21' }],
    ['2018-02-21T23:18:51.3277273Z', { type: 'dateTimeOffset', value: '2018-02-21T23:18:51.3277273' }],
    ['2018-02-21T23:18:51+01:00', { type: 'dateTimeOffset', value: '2018-02-21T22:18:51' }],
    ['08:30', { type: 'timeOfDay', value: '08:30:00' }],
    ["duration'PT1H'", { type: 'duration', ticks: 36_000_000_000n }],
    ["DURATION'-P1D'", { type: 'duration', ticks: -864_000_000_000n }],
    ["'P1D'", { type: 'string', value: 'P1D' }],
  ])('%s', (text, literal) => {
    expect(parse(text)).toEqual({ kind: 'literal', literal, at: 0 });
  });
});

describe('an error has its position', () => {
  test.each<[string, number, string]>([
    ['', 0, 'Found the end where a property, a value or a function should be'],
    ['a eq', 4, 'Found the end where a property, a value or a function should be'],
    [
      'a b eq 1',
      2,
      "Found 'b' where an operator (eq, ne, gt, ge, lt, le, in, and, or, add …) or the end should be",
    ],
    ['a eqs 1', 2, "Found 'eqs' where an operator"],
    ['a equals 1', 2, "Found 'equals' where an operator"],
    ['a = 1', 2, "Found '=' where an operator"],
    ['(a == 1)', 3, "Found '==' where a closing parenthesis"],
    ['a >= 1', 2, "Found '>=' where an operator"],
    ['a && b', 2, "Found '&&' where an operator"],
    ['a eq "x"', 5, 'Found "x" where a property'],
    ["a eq 'x", 5, "The string 'x has no closing quote"],
    ["a eq 'x''", 5, "The string 'x'' has no closing quote"],
    ['(a eq 1', 7, 'Found the end where a closing parenthesis'],
    ['a eq 1)', 6, "Found ')' where an operator"],
    ['a eq 1 and', 10, 'Found the end'],
    ['and a', 4, "Found 'a' where an operator"],
    ['a eq 5x', 5, "'5x' is neither a value nor a name"],
    ['a eq 2018-02-30', 5, "'2018-02-30' is not a day of the calendar"],
    ['a eq 2018-02-30T00:00:00Z', 5, "'2018-02-30T00:00:00Z' is not an instant"],
    ['a eq 2018-02-21T00:00:00', 5, "'2018-02-21T00:00:00' is not an instant"],
    ['a eq 25:00', 5, "'25:00' is not a time of day"],
    ['a eq 1e999', 5, "'1e999' is not a number in range"],
    ["a eq duration'x'", 5, "'x' is not a duration"],
    ['a in 1', 5, "Found '1' where a list in parentheses"],
    ['a in ()', 6, "Found ')' where a property"],
    ['a in (1,)', 8, "Found ')' where a property"],
    ['f(a,)', 4, "Found ')' where a property"],
    ['f(a b)', 4, "Found 'b' where a comma or a closing parenthesis"],
    ['a/', 2, 'Found the end where a property, any(, all( or $count'],
    ['a/b(1)', 2, "Found 'b' where any or all"],
    ['a/all()', 6, "Found ')' where a variable"],
    ['a/any(x)', 7, "Found ')' where a colon"],
    ['a/any(x:)', 8, "Found ')' where a property"],
    ['$count gt 1', 0, "Found '$count' where a property"],
    ['apps/$count()', 12, "Found ')' where $filter="],
    ['apps/$count($top=1)', 12, "Found '$top' where $filter="],
    ['apps/$count($filter)', 19, "Found ')' where = after $filter"],
    ['apps/$count($filter=a;b)', 22, "Found 'b' where $filter= or $search="],
    ['case()', 5, "Found ')' where a property"],
    ['case(a)', 6, "Found ')' where a colon after the condition of case"],
    ['case(a:b', 8, 'Found the end where a comma or a closing parenthesis'],
    ['a eq ?', 5, "Found '?' where a property"],
    ['a eq {}', 5, "Found '{}' where a property"],
    ['a eq [1]', 5, "Found '[1]' where a property"],
    ['a eq 🦊', 5, "Found '🦊' where a property"],
  ])('%p', (text, position, message) => {
    const refusal = refusalOf(() => parse(text));
    expect(refusal).toMatchObject({ code: 'request.malformed-expression', target: '$filter', position });
    expect(refusal.message).toContain(message);
    expect(refusal.message).toContain(`(at character ${position + 1} of $filter)`);
  });

  test.each([
    ['a eqs 1', 'eq'],
    ['a equals 1', 'eq'],
    ['a = 1', 'eq'],
    ['(a == 1)', 'eq'],
    ['a != 1', 'ne'],
    ['a <> 1', 'ne'],
    ['f(a >= 1)', 'ge'],
    ['a && b', 'and'],
    ['a || b', 'or'],
    ['a - b', 'sub'],
    ['1 / 2', 'div'],
    ['a annd b', 'and'],
    ['a equals 1', 'eq'],
  ])('%s: did they mean %s?', (text, operator) => {
    expect(refusalOf(() => parse(text)).hint).toBe(`Did you mean '${operator}'?`);
  });

  test('a member of Object.prototype is not suggested as an operator', () => {
    expect(refusalOf(() => parse('a constructor 1')).hint).toBeUndefined();
  });

  test.each([
    ['$root/a eq 1', 0],
    ['a eq $this', 5],
  ])('%s is a part of OData that is not offered', (text, position) => {
    expect(refusalOf(() => parse(text))).toMatchObject({ code: 'request.not-offered', position });
  });

  test('double quotes are not quotes', () => {
    expect(refusalOf(() => parse('a eq "x"')).hint).toBe('Put text in single quotes.');
  });

  test.each([
    "a has Ns.Color'Red'",
    "a eq guid'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
    "a eq binary'AA'",
    "a eq datetime'x'",
  ])('%s: typed texts belong to no property of the feed', (text) => {
    expect(refusalOf(() => parse(text))).toMatchObject({ code: 'request.not-offered', target: '$filter' });
  });

  test('a long text is truncated in the message, and not in the middle of a character', () => {
    const { message } = refusalOf(() => parse(`a ${'🦊'.repeat(100)}`));
    expect(message.length).toBeLessThan(200);
    expect(message.isWellFormed()).toBe(true);
  });
});

describe('places', () => {
  test('an operator has its own position, everything else that of its start', () => {
    expect(parse('  a/b eq  -c')).toEqual({
      kind: 'comparison',
      operator: 'eq',
      at: 6,
      left: { kind: 'path', segments: ['a', 'b'], at: 2 },
      right: { kind: 'negate', at: 10, operand: { kind: 'path', segments: ['c'], at: 11 } },
    });
  });
});

describe('limits', () => {
  const nest = (levels: number, open: string, close: string): string =>
    open.repeat(levels) + 'a' + close.repeat(levels);

  test.each([
    ['(', ')'],
    ['f(', ')'],
    ['x/any(y:', ')'],
    ['not ', ''],
    ['a in (', ')'],
    ['-', ''],
  ])('%s nests 64 levels deep and no deeper', (open, close) => {
    expect(() => parse(nest(LIMITS.expressionDepth, open, close))).not.toThrow();
    expect(refusalOf(() => parse(nest(LIMITS.expressionDepth + 1, open, close)))).toMatchObject({
      code: 'limit.too-complex',
      message: 'The expression in $filter nests deeper than 64 levels (limit expressionDepth).',
    });
  });

  test('brackets side by side are no depth', () => {
    expect(() => parse(Array.from({ length: 200 }, () => 'not f((a))').join(' or '))).not.toThrow();
  });

  test('a chain without brackets grows no taller than twice that', () => {
    expect(() => parse(`a${' add a'.repeat(127)}`)).not.toThrow();
    expect(refusalOf(() => parse(`a${' add a'.repeat(128)}`))).toMatchObject({
      code: 'limit.too-complex',
      message: 'The expression in $filter chains more than 128 operators (limit expressionChain).',
    });
  });

  test('a tree has no more parts than the limit', () => {
    const few = { ...LIMITS, expressionNodes: 5 };
    expect(() => parseExpression('a in (1,2,3)', '$filter', few)).not.toThrow();
    expect(refusalOf(() => parseExpression('a in (1,2,3,4)', '$filter', few))).toMatchObject({
      code: 'limit.too-complex',
      message: 'The expression in $filter has more than 5 parts (limit expressionNodes).',
    });
  });
});
