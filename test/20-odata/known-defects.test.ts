// The fence: each family of defects measured in odata-v4-parser and odata-v4-sql, held against our reader of queries.
import { describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../src/base/limits.ts';
import fc from 'fast-check';
import { FeedError } from '../../src/base/feed-error.ts';
import { parseApply } from '../../src/odata/parse/parse-apply.ts';
import { parseCompute } from '../../src/odata/parse/parse-compute.ts';
import { parseExpand } from '../../src/odata/parse/parse-expand.ts';
import { parseExpression } from '../../src/odata/parse/parse-expression.ts';
import { parseOptions } from '../../src/odata/parse/parse-options.ts';
import { parseOrderby } from '../../src/odata/parse/parse-orderby.ts';
import { parseRequest } from '../../src/odata/parse/parse-request.ts';
import { parseSearch } from '../../src/odata/parse/parse-search.ts';
import { splitQuery } from '../../src/odata/parse/split-query.ts';
import { PATHOLOGICAL_QUERIES } from './pathological-queries.ts';
import { outline } from './outline.ts';
import { refusalOf } from './refusal-of.ts';

/** Every reader of an option that nests. */
const READERS = [parseOrderby, parseExpand, parseCompute, parseSearch, parseApply];

const outlineOf = (text: string): string => outline(parseExpression(text, '$filter', LIMITS));

/** 'read' or the code of the error. An error other than a FeedError is a defect. */
function resultOf(read: () => unknown): string {
  try {
    read();
    return 'read';
  } catch (error) {
    if (error instanceof FeedError) return error.code;
    throw error;
  }
}

describe('no tree but the standard’s', () => {
  test.each([
    ["not contains(n,'x') and b eq 2", "(and (not (contains n 'x')) (eq b 2))"],
    ['a sub b add c eq 0', '(eq (add (sub a b) c) 0)'],
    ['-a add b eq 0', '(eq (add (- a) b) 0)'],
    ['a eq 1 and b eq 2 or c eq 3 and d eq 4', '(or (and (eq a 1) (eq b 2)) (and (eq c 3) (eq d 4)))'],
  ])('%s', (text, tree) => {
    expect(outlineOf(text)).toBe(tree);
  });
});

describe('nothing valid or usual is refused', () => {
  test.each([
    'nullable eq 1',
    "INFO eq 'x'",
    'NaNny eq 1',
    'not(a)',
    ' a eq 1 ',
    'a eq 1 AND Contains(b,c)',
    'a eq TRUE',
    '(a eq 1)and(b eq 2)',
    'a in (1,2)',
    'a divby 2 eq 1.5',
    "matchesPattern(a,'%5Ex')",
    "cast(a,Edm.String) eq 'x'",
    'a/any(x:x/b/any(y:y/c eq 1))',
    "contains(x,'y') eq true",
    '(a eq 1) eq true',
    'a eq 1e5',
    'a eq 1.5E-05',
    'a eq 9223372036854775808',
    "a eq duration'PT1H'",
    'a eq .5',
    "a eq '/ ? # \" \\ [ ] { } | % < >'",
  ])('%s', (text) => {
    expect(() => parseExpression(text, '$filter', LIMITS)).not.toThrow();
  });

  test.each([
    '$select=a, b',
    '$orderby=a,  b',
    '$filter=contains(a%2c%27b%27)',
    '$filter=a eq 2018-02-21T23%3A18%3a51Z',
    '$filter=%28a eq 1%29',
    'api-version=1&x-y=',
    '$format=application/json;odata.metadata=full',
  ])('%s', (query) => {
    expect(() => parseOptions(splitQuery(query), LIMITS)).not.toThrow();
  });

  test('text is decoded once', () => {
    const { filter } = parseOptions(splitQuery("$filter=a eq '%2541'"), LIMITS);
    expect(filter && outline(filter)).toBe("(eq a '%41')");
  });
});

describe('nothing wrong is let through', () => {
  test.each(['$top=-1', '$skip=-5', '$filter=a eq 1&$filter=b eq 2', '$filter=a eq 2018-02-30'])(
    '%s',
    (query) => {
      expect(resultOf(() => parseOptions(splitQuery(query), LIMITS))).toMatch(/^request\./);
    },
  );
});

describe('no part of a query is lost or taken for another', () => {
  test.each([
    ['not (Age gt 3)', '(not (gt Age 3))'],
    ["Age gt 3 and not (contains(Name,'x'))", "(and (gt Age 3) (not (contains Name 'x')))"],
    ['contains(Name,OS)', '(contains Name OS)'],
    ["contains(Name,'OS')", "(contains Name 'OS')"],
    ["contains(Name,tolower('B'))", "(contains Name (tolower 'B'))"],
    ["Name eq 'x'' or 1=1 --'", "(eq Name 'x'' or 1=1 --')"],
    ['Age eq 9223372036854775807', '(eq Age 9223372036854775807)'],
    ['user/Name eq @p', '(eq user/Name @p)'],
    ['apps/$count gt 1 and apps/any()', '(and (gt apps/$count 1) (any apps))'],
    ['3 eq (Age)', '(eq 3 Age)'],
  ])('%s', (text, tree) => {
    expect(outlineOf(text)).toBe(tree);
  });

  test('an order by a constant or a call is what it says', () => {
    expect(parseOrderby("tolower(Name),'x',1", LIMITS).map(({ expression }) => outline(expression))).toEqual([
      '(tolower Name)',
      "'x'",
      '1',
    ]);
  });
});

// Measured at minutes, or never coming back, elsewhere. Generous, since the machine may be busy: ours take milliseconds.
const BOUND_MS = 1000;

describe('time grows with the length and no faster', () => {
  test.each(Object.keys(PATHOLOGICAL_QUERIES))('%s', (family) => {
    for (const levels of [18, 100, 1000, 5000]) {
      const text = PATHOLOGICAL_QUERIES[family]!(levels);
      const start = performance.now();
      expect(resultOf(() => parseExpression(text, '$filter', LIMITS))).toMatch(
        /^(read|request\.malformed-expression|limit\.too-complex)$/,
      );
      for (const read of READERS) resultOf(() => read(text, LIMITS));
      resultOf(() => parseRequest(`/${encodeURIComponent(text)}`, `$filter=${text}`, LIMITS));
      expect(performance.now() - start).toBeLessThan(BOUND_MS);
    }
  });

  test('five thousand terms of one or are read, side by side', () => {
    const tree = parseExpression(PATHOLOGICAL_QUERIES['Id eq n or …']!(5000), '$filter', LIMITS);
    expect(tree).toMatchObject({ kind: 'logical', operator: 'or' });
    expect(tree.kind === 'logical' && tree.operands.length).toBe(5000);
  });
});

describe('one request leaves nothing behind for the next', () => {
  test('a lambda that ends in an error', () => {
    const texts = ["Name eq 'x'", 'Age gt 3 and Name', 'a/any(b:b/x eq 1)', 'Name'];
    const before = texts.map(outlineOf);
    for (const levels of [1, 63, 64, 3000, 4000]) {
      expect(
        refusalOf(() => parseExpression(`a/any(b:${'('.repeat(levels)}`, '$filter', LIMITS)),
      ).toBeInstanceOf(FeedError);
    }
    expect(texts.map(outlineOf)).toEqual(before);
  });
});

describe('any text is read or refused', () => {
  const soup = fc
    .array(
      fc.constantFrom(
        ...[
          'a',
          'not',
          'and',
          'or',
          'eq',
          'in',
          'add',
          'any',
          'all',
          'contains',
          'null',
          'INF',
          'duration',
          'desc',
          '$it',
          'case',
          'NOT',
          'OR',
          'as',
          'with',
          'sum',
          'groupby',
          'aggregate',
          'concat',
          'filter',
          '$expand',
          'top',
        ],
        ...[
          '(',
          ')',
          ',',
          '/',
          ':',
          ';',
          '"',
          '-',
          "'",
          "''",
          '@p',
          '$count',
          '*',
          '=',
          '%',
          '%27',
          '%25',
          '&',
          '?',
          '.',
          '+',
          '$',
        ],
        ...[
          '1',
          '-1',
          '1.5',
          '1e5',
          '2018-02-21',
          'T00:00:00Z',
          '00:00',
          'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
          '\ud83e',
        ],
      ),
      { maxLength: 30 },
    )
    .chain((words) => fc.constantFrom(words.join(' '), words.join('')));
  const anything = fc.oneof(soup, fc.string(), fc.string({ unit: 'binary' }));

  test('as a filter and an order', () => {
    fc.assert(
      fc.property(anything, (text) => {
        resultOf(() => parseExpression(text, '$filter', LIMITS));
        for (const read of READERS) resultOf(() => read(text, LIMITS));
      }),
      { numRuns: 3000 },
    );
  });

  test('as an address and a query', () => {
    const option = fc.constantFrom(
      '$filter',
      '$orderby',
      '$select',
      '$expand',
      '$apply',
      '$search',
      '$compute',
      '$top',
      '$count',
      '$format',
      '@p',
      'maxhistorydays',
      'x',
    );
    fc.assert(
      fc.property(anything, option, anything, (path, name, value) => {
        resultOf(() => parseRequest(path, `${name}=${value}`, LIMITS));
        resultOf(() => parseRequest(`/a(${path})`, value, LIMITS));
      }),
      { numRuns: 3000 },
    );
  });

  test('and the position of an error is within the text', () => {
    const readers = [(text: string) => parseExpression(text, '$filter', LIMITS), ...READERS];
    fc.assert(
      fc.property(anything, fc.constantFrom(...readers), (text, read) => {
        try {
          read(text, LIMITS);
        } catch (error) {
          const { position = -1 } = error as FeedError;
          expect(position).toBeGreaterThanOrEqual(0);
          expect(position).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
