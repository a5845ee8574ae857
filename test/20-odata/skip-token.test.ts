// Skip tokens: what they carry, and that nothing else is believed.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FeedError } from '../../src/base/feed-error.ts';
import { decodeSkipToken, encodeSkipToken, type SkipToken } from '../../src/odata/cursor/skip-token.ts';
import { anyLiteral } from './arbitrary-expression.ts';
import { refusalOf } from './refusal-of.ts';

const token: SkipToken = {
  generation: 61,
  startedAt: 1_795_132_800_000,
  served: 50_000,
  tracksChanges: true,
  after: [
    { type: 'dateTimeOffset', value: '2018-02-21T23:18:51.3277273' },
    { type: 'string', value: "O'Neil, 東京 🦊" },
    { type: 'boolean', value: false },
    { type: 'null' },
    { type: 'integer', value: -9223372036854775808n },
    { type: 'decimal', value: -Infinity, text: '-INF' },
  ],
};
const QUERY = 'things?$orderby=a';

const forged = (payload: string): string => {
  const honest = encodeSkipToken(
    { generation: 1, startedAt: 0, served: 0, tracksChanges: false, after: [] },
    QUERY,
  );
  return honest.slice(0, 12) + Buffer.from(payload).toString('base64url');
};

describe('a skip token', () => {
  test('gives back what was put in', () => {
    expect(decodeSkipToken(encodeSkipToken(token, QUERY), QUERY)).toEqual(token);
  });

  test('gives back any literal, without a letter that a URL would have to escape', () => {
    const tokens = fc.record({
      generation: fc.nat(),
      startedAt: fc.nat(),
      served: fc.nat(),
      tracksChanges: fc.boolean(),
      after: fc.array(anyLiteral),
    });
    fc.assert(
      fc.property(tokens, fc.string(), (any, query) => {
        // A lone surrogate is not text: neither UTF-8 nor the warehouse can hold it.
        fc.pre(any.after.every((each) => each.type !== 'string' || each.value.isWellFormed()));
        const text = encodeSkipToken(any, query);
        expect(text).toMatch(/^[\w-]+$/);
        expect(decodeSkipToken(text, query)).toEqual(any);
      }),
    );
  });

  test('of another query is refused', () => {
    expect(refusalOf(() => decodeSkipToken(encodeSkipToken(token, QUERY), `${QUERY} desc`))).toMatchObject({
      code: 'request.bad-skiptoken',
      target: '$skiptoken',
      message: 'The $skiptoken was not made by this feed for this query.',
    });
  });

  test('is refused with any letter changed, left out or added', () => {
    const text = encodeSkipToken(token, QUERY);
    const places = Array.from(text, (_, at) => at);
    const changed = places.map(
      (at) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1),
    );
    const shortened = places.map((at) => text.slice(0, at) + text.slice(at + 1));
    for (const bad of [...changed, ...shortened, `${text}A`, `${text}=`, ` ${text}`]) {
      expect(refusalOf(() => decodeSkipToken(bad, QUERY)).code).toBe('request.bad-skiptoken');
    }
  });

  test.each(['', '0', '1', "'a'", '1,2', 'null', '999999999999', '1,0,rowid', "1,0,'x", forged('1,0,1')])(
    '%p is none',
    (text) => {
      expect(refusalOf(() => decodeSkipToken(text, QUERY)).code).toBe('request.bad-skiptoken');
    },
  );

  test('is refused whatever it says, or is one of ours', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          decodeSkipToken(text, QUERY);
        } catch (error) {
          return error instanceof FeedError && error.code === 'request.bad-skiptoken';
        }
        return false;
      }),
    );
  });
});
