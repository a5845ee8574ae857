// The SQLite engine is an engine; and what only files can do to it.
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BUILDING_FILE, generationFileName, listGenerations } from '../../src/engines/sqlite/generations.ts';
import { RecentMap } from '../../src/engines/sqlite/recent-map.ts';
import { describeEngine } from './conformance.ts';
import { sqliteHarness, type SqliteHarness } from './sqlite-harness.ts';

describeEngine('the SQLite engine', sqliteHarness);

describe('the files of generations', () => {
  let harness: SqliteHarness;
  beforeEach(() => {
    harness = sqliteHarness();
  });
  afterEach(() => harness.remove());

  test('are named by number and night', () => {
    expect(generationFileName(61, 20261120)).toBe('generation-000061-20261120.sqlite');
    expect(generationFileName(1_234_567, 20261120)).toBe('generation-1234567-20261120.sqlite');
  });

  test('are listed newest first, without what is being built and what is something else', () => {
    harness.publish([]);
    harness.publish([]);
    for (const name of [BUILDING_FILE, 'generation-000009-20260109.sqlite-journal', 'notes.txt']) {
      writeFileSync(join(harness.dataDir, name), '');
    }
    expect(listGenerations(harness.dataDir)).toEqual([
      { id: 2, dateKey: 20260102, publishedAt: '2026-01-02T00:05:00Z', path: harness.fileOf(2) },
      { id: 1, dateKey: 20260101, publishedAt: '2026-01-01T00:05:00Z', path: harness.fileOf(1) },
    ]);
  });

  test('are none where the folder is not there yet', () => {
    expect(listGenerations(join(harness.dataDir, 'not', 'there'))).toEqual([]);
  });

  test('are left out until they are whole', () => {
    harness.publish([]);
    writeFileSync(harness.fileOf(2), '');
    writeFileSync(harness.fileOf(3), 'not a database, whatever its name says'.repeat(100));
    expect(listGenerations(harness.dataDir).map(({ id }) => id)).toEqual([1]);
  });

  test('are gone for a read that begins before the folder is looked at again', async () => {
    harness.publish([]);
    const engine = openQuietly(harness);
    harness.withdraw(1);
    const read = engine.readValue(1, harness.statements.count, AbortSignal.timeout(5000));
    await expect(read).rejects.toMatchObject({ code: 'request.generation-gone' });
    await engine.close();
  });

  test('make the feed unavailable when the disk has damaged them', async () => {
    harness.publish(Array.from({ length: 5000 }, (_, key) => ({ key, name: `thing ${key}`, bytes: null })));
    const engine = openQuietly(harness);
    truncateSync(harness.fileOf(1), 20_000);
    const read = engine.readValue(1, harness.statements.count, AbortSignal.timeout(5000));
    await expect(read).rejects.toMatchObject({ code: 'feed.unavailable' });
    await engine.close();
  });
});

test('a row beyond what SQLite can write is the reader’s to make smaller', async () => {
  const harness = sqliteHarness();
  harness.publish([]);
  const engine = openQuietly(harness);
  const statement = { text: 'SELECT zeroblob(2000000000) AS value', values: [] };
  const read = engine.readValue(1, statement, AbortSignal.timeout(5000));
  await expect(read).rejects.toMatchObject({ code: 'limit.too-complex' });
  await engine.close();
  harness.remove();
});

test('a recent map lets go of what was unused for longest', () => {
  const gone: number[] = [];
  const map = new RecentMap<string, number>(2, (value) => gone.push(value));
  for (const key of ['a', 'b', 'a', 'c', 'a', 'd']) map.get(key, () => key.charCodeAt(0));
  expect(gone.map((code) => String.fromCharCode(code))).toEqual(['b', 'c']);
});

function openQuietly(harness: SqliteHarness) {
  const limits = { statementMs: 5000, waitMs: 5000 };
  return harness.open({ workers: 1, limits, observe: () => undefined });
}
