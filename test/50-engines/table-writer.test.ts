// Tables written without SQLite, read by SQLite.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import {
  EMPTY_BLOB,
  RecordWriter,
  type RecordValue,
} from '../../src/engines/sqlite/table-writer/record-writer.ts';
import { TableWriter } from '../../src/engines/sqlite/table-writer/table-writer.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'fleetfeed-table-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

type Row = readonly RecordValue[];

/** Writes the rows, and returns what SQLite finds: rowid and values, integers as bigints. */
function written(rows: readonly Row[], width: number, pageBytes?: number): readonly (readonly unknown[])[] {
  const path = join(dir, 'table.sqlite');
  rmSync(path, { force: true });
  const writer = new TableWriter(path, pageBytes);
  const record = new RecordWriter(width);
  for (const row of rows) {
    for (const value of row) record.add(value);
    writer.put(record.end());
  }
  writer.end(
    'things',
    Array.from({ length: width }, (_, index) => `c${index}`),
  );
  const database = new Database(path, { readonly: true });
  try {
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(database.pragma('page_count', { simple: true })).toBe(statSync(path).size / (pageBytes ?? 65_536));
    return database.prepare<[], unknown[]>('SELECT rowid, * FROM things').safeIntegers().raw().all();
  } finally {
    database.close();
  }
}

/** The same as a binding would have it. */
const bound = (rows: readonly Row[]): readonly (readonly unknown[])[] =>
  rows.map((row, index) => [BigInt(index + 1), ...row.map(asBound)]);

function asBound(value: RecordValue): unknown {
  if (value === EMPTY_BLOB) return Buffer.alloc(0);
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return null;
    return Number.isSafeInteger(value) ? BigInt(value) : value;
  }
  return typeof value === 'string' ? Buffer.from(value).toString() : value;
}

const value: fc.Arbitrary<RecordValue> = fc.oneof(
  fc.constantFrom<RecordValue>(null, true, false, EMPTY_BLOB, -1, 0, 1, 127, 128, 2 ** 31, -(2 ** 31) - 1),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.string({ unit: 'binary', maxLength: 80 }),
  // Lengths at which a text needs more bytes for its type, a row spills over, and a page is full.
  fc
    .tuple(fc.constantFrom('a', 'é', '\ud83d', '\0'), fc.nat({ max: 3000 }))
    .map(([a, many]) => a.repeat(many)),
);

describe('a table', () => {
  test('has the rows that were put, whatever their values and however small its pages', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }).chain((width) =>
          fc.record({
            width: fc.constant(width),
            rows: fc.array(fc.array(value, { minLength: width, maxLength: width }), { maxLength: 40 }),
            pageBytes: fc.constantFrom(1024, 4096, 65_536),
          }),
        ),
        ({ width, rows, pageBytes }) => {
          expect(written(rows, width, pageBytes)).toEqual(bound(rows));
        },
      ),
      { numRuns: 200 },
    ));

  test('of many pages is a tree of several levels, in which each row is found', () => {
    const rows = Array.from({ length: 20_000 }, (_, index): Row => [index, 'x'.repeat(index % 300)]);
    expect(written(rows, 2, 512)).toEqual(bound(rows));
    const database = new Database(join(dir, 'table.sqlite'), { readonly: true });
    const find = database.prepare<[number], number>('SELECT c0 FROM things WHERE rowid = ?').pluck();
    expect(rows.filter((_, index) => find.get(index + 1) !== index)).toEqual([]);
    database.close();
  });

  test('holds a text that is larger than its pages', () => {
    const rows: readonly Row[] = [['a'.repeat(1_000_000)], ['b'], ['é'.repeat(65_536)]];
    expect(written(rows, 1)).toEqual(bound(rows));
  });

  test('takes no number that it cannot hold, and no row of another width', () => {
    const record = new RecordWriter(1);
    expect(() => record.add(2n ** 63n)).toThrow('64 bits');
    expect(() => new RecordWriter(2).end()).toThrow('A row of 2 values came with 0');
  });
});

test('a file that is there already is not written over', () => {
  const path = join(dir, 'there');
  new TableWriter(path).abandon();
  expect(() => new TableWriter(path)).toThrow('EEXIST');
});
