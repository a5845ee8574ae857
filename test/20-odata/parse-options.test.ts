// Query strings: how they are split and decoded, and what their options mean.
import { describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../src/base/limits.ts';
import { parseOptions } from '../../src/odata/parse/parse-options.ts';
import { parseRequest } from '../../src/odata/parse/parse-request.ts';
import { splitQuery } from '../../src/odata/parse/split-query.ts';
import type { QueryOptions } from '../../src/odata/syntax/parsed-request.ts';
import { outline } from './outline.ts';
import { refusalOf } from './refusal-of.ts';

const read = (query: string): QueryOptions => parseOptions(splitQuery(query), LIMITS);

const NOTHING: QueryOptions = {
  select: null,
  filter: null,
  orderby: null,
  top: null,
  skip: null,
  expand: null,
  compute: null,
  search: null,
  apply: null,
  count: null,
  skiptoken: null,
  deltatoken: null,
  format: null,
  apiVersion: null,
  maxHistoryDays: null,
  aliases: new Map(),
  unsupported: new Map(),
};

describe('a query string is split before it is decoded, and decoded once', () => {
  test.each([
    ['', []],
    ['?a=1', [['a', '1']]],
    ['&&a=1&', [['a', '1']]],
    ['a', [['a', '']]],
    ['a=b=c', [['a', 'b=c']]],
    [
      'a=1%262&b=3',
      [
        ['a', '1&2'],
        ['b', '3'],
      ],
    ],
    ['a=%2541', [['a', '%41']]],
    ['a=x+y%2Bz', [['a', 'x y+z']]],
    ['%24select=deviceKey%2CdeviceId', [['$select', 'deviceKey,deviceId']]],
    ['a=%E6%9D%B1%F0%9F%A6%8A', [['a', '東🦊']]],
    [' a =1', [['a', '1']]],
  ])('%s', (query, pairs) => {
    expect(splitQuery(query).map(({ name, value }) => [name, value])).toEqual(pairs);
  });

  test.each([
    ['$filter=a eq %', 5],
    ['$filter=a eq %4', 5],
    ['$filter=a eq %zz', 5],
    ['$filter=%41%FF', 3],
    ['$filter=%E6%9D', 0],
    ['$filter=%E6%9D%B1%E6%9Dx', 9],
    ['$filter=%C0%80', 0],
    ['$filter=%ED%A0%80', 0],
  ])('%s holds no UTF-8', (query, position) => {
    expect(refusalOf(() => read(query))).toMatchObject({
      code: 'request.malformed-url',
      target: '$filter',
      position,
    });
  });

  test('a query longer than the limit is refused before it is read', () => {
    const query = `$filter=${'%'.repeat(LIMITS.queryCharacters)}`;
    expect(refusalOf(() => parseRequest('/devices', query, LIMITS))).toMatchObject({
      code: 'limit.query-too-long',
      message: 'The query has more than 16000 characters (limit queryCharacters; here 16008).',
    });
  });
});

describe('options', () => {
  test.each<[string, Partial<QueryOptions>]>([
    ['', {}],
    ['$skip= 0 &$top=1000', { skip: 0, top: 1000 }],
    ['$SKIP=5&Top=007', { skip: 5, top: 7 }],
    ['$count=true', { count: true }],
    ['count=False', { count: false }],
    ['$format=application/json;odata.metadata=none', { format: 'application/json;odata.metadata=none' }],
    ['$skiptoken=ab-_', { skiptoken: 'ab-_' }],
    ['api-version=v1.0', { apiVersion: 'v1.0' }],
    ['API-Version=', { apiVersion: '' }],
    ['MaxHistoryDays=7', { maxHistoryDays: 7 }],
    ['$top=99999999999999999999', { top: Number.MAX_SAFE_INTEGER }],
    ['maxhistorydays=0&api-version=beta', { maxHistoryDays: 0, apiVersion: 'beta' }],
    ['subscription-key=secret&flag&flag&=x', {}],
    ['$select=*', { select: [{ segments: ['*'], at: 0 }] }],
    [
      'select=a, b/c',
      {
        select: [
          { segments: ['a'], at: 0 },
          { segments: ['b', 'c'], at: 3 },
        ],
      },
    ],
    [
      '$levels=2&Index=1',
      {
        unsupported: new Map([
          ['$levels', '2'],
          ['$index', '1'],
        ]),
      },
    ],
  ])('%s', (query, options) => {
    expect(read(query)).toEqual({ ...NOTHING, ...options });
  });

  test('$filter, $orderby and aliases are read as expressions', () => {
    const { filter, orderby, aliases } = read(
      '$filter=a+eq+@p&$orderby=b desc,tolower(c),  d ASC&@p=%27x%27',
    );
    expect(filter && outline(filter)).toBe('(eq a @p)');
    expect(orderby?.map(({ expression, descending }) => [outline(expression), descending])).toEqual([
      ['b', true],
      ['(tolower c)', false],
      ['d', false],
    ]);
    expect([...aliases].map(([name, value]) => [name, outline(value)])).toEqual([['@p', "'x'"]]);
  });

  test.each([
    ['$slect=a', 'request.unknown-option', '$slect'],
    ['$inlinecount=allpages', 'request.unknown-option', '$inlinecount'],
    ['$filter=a&$filter=b', 'request.duplicate-option', '$filter'],
    ['$top=1&TOP=2', 'request.duplicate-option', '$top'],
    ['maxhistorydays=1&MaxHistoryDays=1', 'request.duplicate-option', 'maxhistorydays'],
    ['@p=1&@p=1', 'request.duplicate-option', '@p'],
    ['$top=-1', 'request.malformed-option', '$top'],
    ['$top=', 'request.malformed-option', '$top'],
    ['$top=1.5', 'request.malformed-option', '$top'],
    ['$skip=-5', 'request.malformed-option', '$skip'],
    ['$skip=x', 'request.malformed-option', '$skip'],
    ['$count=1', 'request.malformed-option', '$count'],
    ['$filter=', 'request.malformed-option', '$filter'],
    ['$filter=+', 'request.malformed-option', '$filter'],
    ['$orderby=', 'request.malformed-option', '$orderby'],
    ['$select=', 'request.malformed-option', '$select'],
    ['$select=a,', 'request.malformed-option', '$select'],
    ['$select=a b', 'request.malformed-option', '$select'],
    ["$select='a'", 'request.malformed-option', '$select'],
    ['$select=a($top=1)', 'request.not-offered', '$select'],
    ['$skiptoken=', 'request.malformed-option', '$skiptoken'],
    ['$format=', 'request.malformed-option', '$format'],
    ['maxhistorydays=', 'request.bad-history-days', 'maxhistorydays'],
    ['maxhistorydays=-1', 'request.bad-history-days', 'maxhistorydays'],
    ['maxhistorydays=7.5', 'request.bad-history-days', 'maxhistorydays'],
    ['$orderby=a up', 'request.malformed-expression', '$orderby'],
    ['$orderby=a,', 'request.malformed-expression', '$orderby'],
    ['$orderby=a desc desc', 'request.malformed-expression', '$orderby'],
    ['@p=[1,2]', 'request.malformed-expression', '@p'],
    ['@p=@p', 'request.malformed-expression', '@p'],
    ['@p=1 add @q&@q=@p', 'request.malformed-expression', '@p'],
  ])('%s is refused', (query, code, target) => {
    expect(refusalOf(() => read(query))).toMatchObject({ code, target });
  });

  test('an unknown option is answered with the one that was meant', () => {
    expect(refusalOf(() => read('$slect=a'))).toMatchObject({
      message: "There is no query option '$slect'.",
      hint: "Did you mean '$select'?",
    });
  });

  test('a number beyond all counting is still a whole number', () => {
    expect(read('maxhistorydays=99999999999999999999').maxHistoryDays).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('aliases', () => {
  const chain = (length: number, link: (next: string) => string): string =>
    Array.from({ length }, (_, index) => `@a${index}=${link(`@a${index + 1}`)}`).join('&') + `&@a${length}=b`;

  test('are read in any order', () => {
    const { aliases } = read('$filter=@f&@f=@g or c&@g=a eq 1');
    expect([...aliases.keys()].toSorted()).toEqual(['@f', '@g']);
  });

  test.each([
    ['double each other', chain(20, (next) => `${next} or ${next}`)],
    ['are tall together', chain(60, (next) => `-(${next} add 1 add 1)`)],
    ['stand for each other in a long row', chain(500, (next) => next)],
  ])('that %s are too complex, wherever they are used', (_, aliases) => {
    const refusal = refusalOf(() => read(`$filter=@a0&${aliases}`));
    expect(refusal).toMatchObject({ code: 'limit.too-complex', target: expect.stringMatching(/^@a/) });
  });

  test('count in every option that uses them', () => {
    const long = Array.from({ length: 150 }, () => 'a').join(' or ');
    const often = Array.from({ length: 150 }, () => '@a').join(' or ');
    for (const option of ['$filter=', '$orderby=', '$apply=filter(', '$expand=x($filter=']) {
      const close = option.includes('(') ? ')' : '';
      const refusal = refusalOf(() => read(`${option}${often}${close}&@a=${long}`));
      expect(refusal).toMatchObject({ code: 'limit.too-complex', target: option.split('=', 1)[0] });
    }
    expect(() => read(`$filter=@a or @a&@a=${long}`)).not.toThrow();
  });
});

describe('what clients write', () => {
  test.each([
    ['%24filter=not(contains(FirstName%2c%27A%27))', "(not (contains FirstName 'A'))"],
    ['$filter=graphDeviceIsManaged+eq+true', '(eq graphDeviceIsManaged true)'],
    [
      '$filter=dateKey ge 20260101 and dateKey lt 20260201',
      '(and (ge dateKey 20260101) (lt dateKey 20260201))',
    ],
    ['$filter=DateKey%20eq%2020180214&x=1', '(eq DateKey 20180214)'],
    [
      '$filter=RowLastModifiedDateTimeUTC%20ge%202018-02-21T23%3A18%3a51.3277273Z',
      '(ge RowLastModifiedDateTimeUTC 2018-02-21T23:18:51.3277273Z)',
    ],
    ['$filter=a%20eq%202018-02-21T00:00:00%2B02:00', '(eq a 2018-02-20T22:00:00Z)'],
    [
      "$filter=(name eq 'a') or (name eq 'b') or (name eq 'c')",
      "(or (eq name 'a') (eq name 'b') (eq name 'c'))",
    ],
    ["$filter=startswith(deviceName,'D''Arcy%20%26%20Co')", "(startswith deviceName 'D''Arcy & Co')"],
    ['$filter=%28a%20eq%201%29and%28b%20eq%20null%29', '(and (eq a 1) (eq b null))'],
  ])('%s', (query, tree) => {
    const { filter } = read(query);
    expect(filter && outline(filter)).toBe(tree);
  });
});
