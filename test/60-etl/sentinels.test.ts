// What Graph sends for "nothing" becomes null, and everything else one way of writing it.
import { describe, expect, test } from '@jest/globals';
import { parseJson } from '../../etl/graph/parse-json.ts';
import {
  bytesOf,
  countOf,
  idOf,
  instantOf,
  textOf,
  booleanNumberOf,
  booleanOf,
} from '../../etl/transform/graph-values.ts';

describe('an instant', () => {
  test.each([
    ['2026-11-19T22:41:07Z', '2026-11-19T22:41:07'],
    ['2026-10-02T07:30:00.1234567Z', '2026-10-02T07:30:00.1234567'],
    ['2026-10-02T07:30:00.1200000Z', '2026-10-02T07:30:00.12'],
    ['2026-10-02T07:30:00.123456789Z', '2026-10-02T07:30:00.1234567'],
    ['2026-10-02T07:30:00.000Z', '2026-10-02T07:30:00'],
    ['2026-10-02T00:30:00.5+02:00', '2026-10-01T22:30:00.5'],
    ['0001-01-01T00:00:00Z', null],
    ['9999-12-31T23:59:59.9999999Z', null],
    ['2026-02-30T25:00:00Z', null],
    ['2026-10-02', null],
    ['', null],
    [null, null],
    [undefined, null],
    [20261002, null],
  ])('%j is stored as %j', (sent, stored) => {
    expect(instantOf(sent)).toBe(stored);
  });
});

describe('an id', () => {
  test.each([
    ['0F6D2B7C-91AA-4E35-B0D4-2A7C8E5F1133', '0f6d2b7c-91aa-4e35-b0d4-2a7c8e5f1133'],
    ['00000000-0000-0000-0000-000000000000', null],
    ['', null],
    [null, null],
    [undefined, null],
  ])('%j points at %j', (sent, id) => {
    expect(idOf(sent)).toBe(id);
  });
});

test.each([
  ['CONTOSO-LT-0042', 'CONTOSO-LT-0042'],
  [' padded ', ' padded '],
  ['', null],
  ['  ', null],
  [0, null],
  [undefined, null],
])('text %j is %j', (sent, text) => {
  expect(textOf(sent)).toBe(text);
});

test.each([
  [true, true, 1],
  [false, false, 0],
  ['True', true, 1],
  ['false', false, 0],
  ['Unknown', null, null],
  ['', null, null],
  [null, null, null],
  [1, null, null],
])('truth %j is %j, as a number %j', (sent, truth, number) => {
  expect(booleanOf(sent)).toBe(truth);
  expect(booleanNumberOf(sent)).toBe(number);
});

test.each([
  [511101108224, 511101108224],
  [9007199254740993n, 9007199254740993n],
  [0, null],
  [0n, null],
  [-1, null],
  [null, null],
])('a size of %p bytes is %p, since lists say 0 for "not reported"', (sent, bytes) => {
  expect(bytesOf(sent)).toBe(bytes);
});

test.each([
  [12, 12],
  [12.9, 12],
  [undefined, 0],
  ['12', 0],
])('a count of %j is %j', (sent, count) => {
  expect(countOf(sent)).toBe(count);
});

test.each([
  ['{"bytes":9007199254740993,"small":1}', { bytes: 9007199254740993n, small: 1 }],
  ['[-9223372036854775808]', [-9223372036854775808n]],
  [
    '{"text":"9007199254740993","share":0.125,"long":1234567890123456}',
    { text: '9007199254740993', share: 0.125, long: 1234567890123456 },
  ],
  ['{"huge":1e300}', { huge: 1e300 }],
])('numbers of %s stay exact', (text, value) => {
  expect(parseJson(text)).toEqual(value);
});
