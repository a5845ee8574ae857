// The grammar of $search, one case a line.
import { describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../src/base/limits.ts';
import { parseSearch } from '../../src/odata/parse/parse-search.ts';
import { outlineSearch } from './outline-options.ts';
import { refusalOf } from './refusal-of.ts';

describe('words, phrases and how they combine', () => {
  test.each([
    ['bike', 'bike'],
    ['red bike', '(and red bike)'],
    ['red AND bike', '(and red bike)'],
    ['red  bike AND old', '(and red bike old)'],
    ['a OR b OR c', '(or a b c)'],
    ['a b OR c d', '(or (and a b) (and c d))'],
    ['a (b OR c)', '(and a (or b c))'],
    ['(a OR b)(c OR d)', '(and (or a b) (or c d))'],
    ['NOT a b', '(and (not a) b)'],
    ['a NOT b', '(and a (not b))'],
    ['NOT (a b)', '(not (and a b))'],
    ['NOT NOT a', '(not (not a))'],
    ['((a))', 'a'],
    ['"blue bell"', '"blue bell"'],
    ['a"b"c', '(and a "b" c)'],
    [String.raw`"5\" disk \\ x"`, String.raw`"5" disk \ x"`],
    ['"a AND (b"', '"a AND (b"'],
    ['and or not', '(and and or not)'],
    ['ANDROID ORANGE NOTE', '(and ANDROID ORANGE NOTE)'],
    ['"AND"', '"AND"'],
    ['NOT(a)', '(not a)'],
    ['(a)AND(b)', '(and a b)'],
    ["O'Neil's", "O'Neil's"],
    ['größe 東京 🦊', '(and größe 東京 🦊)'],
    ['a-b.c,d/e:f@g', 'a-b.c,d/e:f@g'],
    [' a ', 'a'],
    ['2026-11-20 -1', '(and 2026-11-20 -1)'],
  ])('%s', (text, tree) => {
    expect(outlineSearch(parseSearch(text, LIMITS))).toBe(tree);
  });

  test('each word has its position', () => {
    expect(parseSearch('a  NOT "b"', LIMITS)).toEqual({
      kind: 'and',
      of: [
        { kind: 'word', text: 'a', at: 0 },
        { kind: 'not', of: { kind: 'phrase', text: 'b', at: 7 } },
      ],
    });
  });
});

describe('an error has its position', () => {
  test.each([
    ['AND', 3, 'Found the end where a word'],
    ['a AND', 5, 'Found the end where a word'],
    ['a OR', 4, 'Found the end where a word'],
    ['OR a', 3, "Found 'a' where a word"],
    ['a AND OR b', 9, "Found 'b' where a word"],
    ['a NOT', 5, 'Found the end where a word'],
    [
      '(a',
      2,
      'Found the end where a word, a phrase in double quotes or an opening parenthesis, or a closing',
    ],
    ['a)', 1, "Found ')' where a word"],
    ['()', 1, "Found ')' where a word"],
    ['"a', 0, 'Found "a where a word'],
    ['""', 0, 'A phrase has no words'],
    ['" "', 0, 'A phrase has no words'],
    ["'red bike'", 0, "Found 'red bike' where a word"],
    ['a;b', 1, "Found ';' where a word"],
  ])('%s', (text, position, message) => {
    const refusal = refusalOf(() => parseSearch(text, LIMITS));
    expect(refusal).toMatchObject({ code: 'request.malformed-option', target: '$search', position });
    expect(refusal.message).toContain(message);
  });
});

describe('limits', () => {
  test.each([
    [(n: number) => Array.from({ length: n }, () => 'a').join(' '), LIMITS.searchTerms, 'has more than 200'],
    [(n: number) => `${'('.repeat(n)}a${')'.repeat(n)}`, LIMITS.expressionDepth, 'nests deeper than 64'],
    [(n: number) => `${'NOT '.repeat(n)}a`, LIMITS.expressionDepth, 'nests deeper than 64'],
  ])('%p', (text, most, message) => {
    expect(() => parseSearch(text(most), LIMITS)).not.toThrow();
    const refusal = refusalOf(() => parseSearch(text(most + 1), LIMITS));
    expect(refusal).toMatchObject({ code: 'limit.too-complex', target: '$search' });
    expect(refusal.message).toContain(message);
  });
});
