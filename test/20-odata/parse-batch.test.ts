// Both forms in which a $batch is written.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FeedError } from '../../src/base/feed-error.ts';
import { LIMITS } from '../../src/base/limits.ts';
import type { BatchPart } from '../../src/odata/batch/batch-part.ts';
import { parseBatchJson } from '../../src/odata/batch/parse-batch-json.ts';
import { parseBatchMultipart } from '../../src/odata/batch/parse-batch-multipart.ts';
import { refusalOf } from './refusal-of.ts';

const READ = { id: '1', method: 'GET', url: 'devices' };
const PART: BatchPart = { ...READ, headers: {}, dependsOn: [], group: null, condition: null };

const ofJson = (...requests: readonly object[]): readonly BatchPart[] =>
  parseBatchJson(JSON.stringify({ requests }), LIMITS);

describe('a JSON batch', () => {
  test('is its requests in their order', () => {
    const second = { id: 'b', method: 'get', url: '$1/x', headers: { Accept: 'a' }, dependsOn: ['1'] };
    const third = { ...READ, id: 'c', atomicityGroup: 'g', if: 'not $b/$succeeded' };
    expect(ofJson(READ, second, third)).toEqual([
      PART,
      { ...PART, id: 'b', url: '$1/x', headers: { accept: 'a' }, dependsOn: ['1'] },
      { ...PART, id: 'c', group: 'g', condition: { id: 'b', succeeded: false } },
    ]);
    expect(ofJson()).toEqual([]);
  });

  test('may depend on a group, once it has ended', () => {
    const grouped = { ...READ, atomicityGroup: 'g' };
    const after = { ...READ, id: '2', dependsOn: ['g'] };
    expect(ofJson(grouped, after)).toHaveLength(2);
    expect(refusalOf(() => ofJson(grouped, { ...after, atomicityGroup: 'g' })).message).toContain('Part 2');
  });

  test.each<[string, object[], string]>([
    ['no object', [[]], 'Part 1 of the batch is not an object.'],
    ['no id', [{ ...READ, id: undefined }], "Part 1 of the batch has no 'id'."],
    ['a number as id', [READ, { ...READ, id: 2 }], "Part 2 of the batch has a 'id' that is not text."],
    ['no method', [{ id: '1', url: 'x' }], "Part 1 ('1') of the batch has no 'method'."],
    ['no url', [{ id: '1', method: 'GET' }], "Part 1 ('1') of the batch has no 'url'."],
    ['headers in a list', [{ ...READ, headers: [] }], "'headers' that are not an object of texts"],
    [
      'a header that is no text',
      [{ ...READ, headers: { a: 1 } }],
      "'headers' that are not an object of texts",
    ],
    ['dependsOn as text', [READ, { ...READ, id: '2', dependsOn: '1' }], "a 'dependsOn' that is not an array"],
    ['an id twice', [READ, READ], "Part 2 of the batch has the id '1', which is taken."],
    [
      'a later part',
      [
        { ...READ, dependsOn: ['2'] },
        { ...READ, id: '2' },
      ],
      "'2', which is not before it.",
    ],
    ['itself', [{ ...READ, dependsOn: ['1'] }], "'1', which is not before it."],
    [
      'a group in two pieces',
      [
        { ...READ, atomicityGroup: 'g' },
        { ...READ, id: '2' },
        { ...READ, id: '3', atomicityGroup: 'g' },
      ],
      "Part 3 of the batch has the group or id 'g', which ended before it.",
    ],
  ])('with %s is refused', (_, requests, message) => {
    const refusal = refusalOf(() => ofJson(...requests));
    expect(refusal).toMatchObject({ code: 'request.malformed-batch', target: '$batch' });
    expect(refusal.message).toContain(message);
  });

  test.each(['', '{', '[]', 'null', '{}', '{"requests":{}}', '{"requests":1}'])('%j is none', (text) => {
    expect(refusalOf(() => parseBatchJson(text, LIMITS)).code).toBe('request.malformed-batch');
  });

  test('has an if that asks whether a part succeeded, and no other', () => {
    expect(refusalOf(() => ofJson({ ...READ, if: '$1/value gt 5' })).code).toBe('request.not-offered');
  });

  test('has a limited number of parts', () => {
    const many = Array.from({ length: LIMITS.batchParts + 1 }, (_, index) => ({ ...READ, id: `${index}` }));
    expect(ofJson(...many.slice(1))).toHaveLength(LIMITS.batchParts);
    expect(refusalOf(() => ofJson(...many))).toMatchObject({
      code: 'limit.batch-too-large',
      message: 'The batch has more than 100 parts (limit batchParts; here 101).',
    });
  });
});

const HTTP = 'Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n';

describe('a multipart batch', () => {
  const read = (...lines: readonly string[]): readonly BatchPart[] =>
    parseBatchMultipart(lines.join('\r\n'), 'b', LIMITS);

  test('is the text between its boundaries', () => {
    const first = `${HTTP}Content-ID: 1\r\n\r\nGET devices HTTP/1.1\r\nAccept: a; b=c\r\n\r\n`;
    const second = `${HTTP}\r\nget /beta/devices?$filter=a eq 1 HTTP/1.1\r\n`;
    const changes = 'Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\n--c--\r\n';
    expect(read('preamble', '--b', first, '--b', second, '--b  ', changes, '--b--', 'epilogue')).toEqual([
      { ...PART, headers: { accept: 'a; b=c' } },
      { ...PART, id: null, url: '/beta/devices?$filter=a eq 1' },
      { ...PART, id: null, method: null, url: '' },
    ]);
  });

  test('may end its lines in LF alone', () => {
    const text = `--b\n${HTTP.replaceAll('\r', '')}\nGET devices HTTP/1.1\n--b--`;
    expect(parseBatchMultipart(text, 'b', LIMITS)).toEqual([{ ...PART, id: null }]);
  });

  test('is not cut at a boundary that begins like its own', () => {
    const changes = 'Content-Type: multipart/mixed;boundary=bc\r\n\r\n--bc\r\nx\r\n--bc--';
    expect(read('--b', changes, '--b--')).toHaveLength(1);
  });

  test('takes a boundary of signs as it is written', () => {
    expect(parseBatchMultipart(`--a.(b)\n${HTTP}\nGET x HTTP/1.1\n--a.(b)--`, 'a.(b)', LIMITS)).toHaveLength(
      1,
    );
    expect(refusalOf(() => parseBatchMultipart('--aXb--', 'a.b', LIMITS)).code).toBe(
      'request.malformed-batch',
    );
  });

  test.each([
    ['nothing', [''], "has no line '--b'"],
    ['no end', ['--b', HTTP, 'GET devices HTTP/1.1'], "does not end in the line '--b--'"],
    [
      'an empty part',
      ['--b', '', '--b--'],
      "Part 1 of the batch is not of 'Content-Type: application/http'.",
    ],
    ['another type', ['--b', 'Content-Type: text/plain', '', 'x', '--b--'], 'Part 1 of the batch is not of'],
    ['no request line', ['--b', HTTP, '--b--'], "Part 1 of the batch begins with ''."],
    ['half a request line', ['--b', HTTP, 'GET devices', '--b--'], "begins with 'GET devices'."],
    [
      'a header without a colon',
      ['--b', HTTP, 'GET x HTTP/1.1', '', '--b', HTTP, 'GET x HTTP/1.1', 'Accept', '--b--'],
      "Part 2 of the batch has no header in the line 'Accept'.",
    ],
    [
      'a hidden return',
      ['--b', `Content-ID: 1\rX: y\r\n${HTTP}`, 'GET x HTTP/1.1', '--b--'],
      'has no header',
    ],
  ])('with %s is refused', (_, lines, message) => {
    const refusal = refusalOf(() => read(...lines));
    expect(refusal).toMatchObject({ code: 'request.malformed-batch', target: '$batch' });
    expect(refusal.message).toContain(message);
  });
});

describe('any text is read or refused', () => {
  const pieces = fc.constantFrom(
    '--b',
    '--b--',
    '\r\n',
    '\n',
    HTTP,
    'GET x HTTP/1.1',
    ': ',
    'a',
    '-',
    ' ',
    '\r',
  );
  const soup = fc.oneof(
    fc.array(pieces, { maxLength: 30 }).map((words) => words.join('')),
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.json().map((value) => `{"requests":[${value}]}`),
  );
  test('in both forms', () => {
    fc.assert(
      fc.property(soup, (text) => {
        for (const parse of [
          () => parseBatchJson(text, LIMITS),
          () => parseBatchMultipart(text, 'b', LIMITS),
        ]) {
          try {
            parse();
          } catch (error) {
            if (!(error instanceof FeedError)) throw error;
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    '\n--b'.repeat(250_000),
    `\n--b${' '.repeat(1_000_000)}x`,
    `--b\n${'a:b\n'.repeat(250_000)}`,
    `--b\n${HTTP}\nGET ${'x '.repeat(500_000)}\n--b--`,
    `--b\n${HTTP}\nGET${' '.repeat(1_000_000)}\n--b--`,
  ])('a megabyte of nonsense soon (%#)', (text) => {
    const start = performance.now();
    expect(refusalOf(() => parseBatchMultipart(text, 'b', LIMITS))).toBeInstanceOf(FeedError);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
