// What staged rows become in the staging file, whatever their values and however many there are.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { storageOf } from '../../schema/derive/storage.ts';
import { boolOrNull, entity, int64OrNull, text, textOrNull, type Property } from '../../schema/entity.ts';
import { NOT_REPORTED, type StagedRow, type StagedValue } from '../../src/engines/staging.ts';
import { openStagingFile, type StagedInput } from '../../src/engines/sqlite/staging/staging-file.ts';
import { constantText } from '../../src/sql/fragment.ts';

const doubleOrNull: Property = { type: 'Edm.Double', nullable: true, description: 'Real.' };
const samples = entity({
  name: 'samples',
  singular: 'sample',
  lifetime: 'current',
  description: 'One column of each stored type.',
  key: ['id'],
  properties: {
    id: text('Id.'),
    words: textOrNull('Words.'),
    whole: int64OrNull('Whole.'),
    real: doubleOrNull,
    isSo: boolOrNull('So.'),
  },
});
const storage = storageOf(samples);
type Sample = Readonly<Record<'words' | 'whole' | 'real' | 'isSo', StagedValue>>;

let dir = '';
let database: Database.Database;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'fleetfeed-staging-'));
  database = new Database(join(dir, 'build.sqlite'));
});
afterEach(() => {
  database.close();
  rmSync(dir, { recursive: true });
});

const rowOf = (sample: Sample, index: number): StagedRow => ({
  values: { id: `sample ${index}`, ...sample },
});

/** Stages the batches and returns what SQLite then finds: rowid and values, integers as bigints. */
function staged(batches: readonly (readonly StagedRow[])[]): {
  readonly rows: readonly (readonly unknown[])[];
  readonly input: StagedInput;
} {
  const staging = openStagingFile(database, join(dir, 'staging.sqlite'));
  for (const rows of batches) staging.append(storage, rows);
  const found = staging.consume(storage, (input) => {
    const select = database.prepare<[], unknown[]>(
      `SELECT rowid, words, whole, real, isSo FROM ${constantText(input.table)} ORDER BY rowid`,
    );
    return { input, rows: select.safeIntegers().raw().all() };
  });
  staging.close();
  return found;
}

function asStored(name: string, value: StagedValue): unknown {
  if (value === NOT_REPORTED) return Buffer.of(0);
  if (typeof value === 'boolean') return value ? 1n : 0n;
  // What has no place in UTF-8 becomes the replacement character.
  if (typeof value === 'string') return Buffer.from(value).toString();
  if (typeof value !== 'number') return value;
  if (Number.isNaN(value)) return null;
  return name === 'real' ? value + 0 : BigInt(value);
}

const expected = (samplesIn: readonly Sample[]): readonly (readonly unknown[])[] =>
  samplesIn.map(({ words, whole, real, isSo }, index) => [
    BigInt(index + 1),
    asStored('words', words),
    asStored('whole', whole),
    asStored('real', real),
    asStored('isSo', isSo),
  ]);

const sample = fc.record<Sample>({
  words: fc.oneof(
    fc.constantFrom<StagedValue>(
      null,
      NOT_REPORTED,
      '',
      '0',
      '1e3',
      'null',
      '\0',
      'a\0b',
      '\ud83d',
      '👩🏽‍💻',
      '\ufeff',
    ),
    fc.string({ unit: 'binary', maxLength: 80 }),
    // Lengths at which a row spills over its page.
    fc
      .tuple(fc.constantFrom('a', 'é', '\ud83d', '\0'), fc.nat({ max: 6000 }))
      .map(([a, many]) => a.repeat(many)),
  ),
  whole: fc.oneof(
    fc.constantFrom<StagedValue>(null, NOT_REPORTED, 0, -1, 2 ** 31, -(2 ** 31) - 1),
    fc.maxSafeInteger(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  ),
  real: fc.oneof(fc.constantFrom<StagedValue>(null, NOT_REPORTED, 0, 1, -2.5, 2 ** 60, 1e308), fc.double()),
  isSo: fc.constantFrom<StagedValue>(null, NOT_REPORTED, true, false),
});

describe('staged rows', () => {
  test('are found as they were appended, whatever their values', () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 80 }), fc.nat({ max: 80 }), (samplesIn, cut) => {
        const rows = samplesIn.map(rowOf);
        const { rows: found, input } = staged([rows.slice(0, cut), rows.slice(cut)]);
        expect(found).toEqual(expected(samplesIn));
        expect(input.rows).toBe(rows.length);
        const unreported = Object.keys(samples.properties).filter((name) =>
          rows.some(({ values }) => values[name] === NOT_REPORTED),
        );
        expect([...input.unreportedColumns].sort()).toEqual(unreported.sort());
      }),
      { numRuns: 100 },
    );
  });

  test('are numbered in the order of all appends, also where a batch is one row more or less than an INSERT takes', () => {
    const sizes = [0, 1, 31, 32, 33, 64, 65, 1000];
    const words = sizes.flatMap((size) => Array.from({ length: size }, (_, index) => `${size}.${index}`));
    let taken = 0;
    const batches = sizes.map((size) =>
      words
        .slice(taken, (taken += size))
        .map((each): StagedRow => rowOf({ words: each, whole: null, real: null, isSo: null }, taken)),
    );
    expect(staged(batches).rows.map(([rowid, each]) => [Number(rowid), each])).toEqual(
      words.map((each, index) => [index + 1, each]),
    );
  });

  test('may hold a text of a megabyte', () => {
    const samplesIn = ['a'.repeat(1_000_000), 'b', 'é'.repeat(65_536)].map((words): Sample => ({
      words,
      whole: null,
      real: null,
      isSo: null,
    }));
    expect(staged([samplesIn.map(rowOf)]).rows).toEqual(expected(samplesIn));
  });

  test('of an integer that does not fit 64 bits are refused', () => {
    expect(() => staged([[rowOf({ words: null, whole: 2n ** 63n, real: null, isSo: null }, 1)]])).toThrow(
      'too big',
    );
  });
});

test('a collection without rows is consumed as an empty table', () => {
  expect(staged([])).toMatchObject({ rows: [], input: { rows: 0, enrichmentTable: null } });
});

test('a consumed collection leaves nothing behind, and neither does the closed file', () => {
  const path = join(dir, 'staging.sqlite');
  const staging = openStagingFile(database, path);
  staging.append(storage, [rowOf({ words: 'a', whole: 1, real: null, isSo: null }, 1)]);
  staging.enrich(storage, [{ values: { id: 'sample 1', words: 'b' } }]);
  const tables = (): unknown =>
    database.prepare('SELECT count(*) FROM staging.sqlite_schema WHERE type = ?').pluck().get('table');
  expect(staging.consume(storage, tables)).toBe(2);
  expect(tables()).toBe(0);
  staging.close();
  expect(existsSync(path)).toBe(false);
});
