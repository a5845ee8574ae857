// The SQLite engine passes the suite of engines, and survives what happens to files.
import { LIMITS } from '../../src/base/limits.ts';
import { existsSync, readdirSync, readlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Engine } from '../../src/engines/engine.ts';
import {
  BUILD_FILE,
  generationFileName,
  listGenerations,
} from '../../src/engines/sqlite/generations/generation-files.ts';
import { openSqliteEngine } from '../../src/engines/sqlite/sqlite-engine.ts';
import { describeEngine } from './engine-conformance.ts';
import { sqliteHarness, type SqliteHarness } from './sqlite-harness.ts';

describeEngine('the SQLite engine', sqliteHarness);

describe('the files of generations', () => {
  let harness: SqliteHarness;
  beforeEach(() => {
    harness = sqliteHarness();
  });
  afterEach(() => harness.remove());

  test('are named by number and day', () => {
    expect(generationFileName(61, 20261120)).toBe('generation-000061-20261120.sqlite');
    expect(generationFileName(1_234_567, 20261120)).toBe('generation-1234567-20261120.sqlite');
  });

  test('are listed newest first, without what is being built and what is something else', () => {
    harness.publish([]);
    harness.publish([]);
    for (const name of [BUILD_FILE, 'generation-000009-20260109.sqlite-journal', 'notes.txt']) {
      writeFileSync(join(harness.dataDir, name), '');
    }
    expect(listGenerations(harness.dataDir)).toEqual([
      { id: 2, dateKey: 20260102, publishedAt: '2026-01-02T00:05:00Z', path: harness.fileOf(2) },
      { id: 1, dateKey: 20260101, publishedAt: '2026-01-01T00:05:00Z', path: harness.fileOf(1) },
    ]);
  });

  test('are none where the folder does not exist yet', () => {
    expect(listGenerations(join(harness.dataDir, 'not', 'there'))).toEqual([]);
  });

  test('are left out while they are incomplete', () => {
    harness.publish([]);
    writeFileSync(harness.fileOf(2), '');
    writeFileSync(harness.fileOf(3), 'not a database, whatever its name says'.repeat(100));
    expect(listGenerations(harness.dataDir).map(({ id }) => id)).toEqual([1]);
  });

  test('are gone for a read that begins before the next look at the folder', async () => {
    harness.publish([]);
    const engine = openQuietly(harness);
    harness.removeGeneration(1);
    const read = engine.readValue(1, harness.statements.count, AbortSignal.timeout(5000));
    await expect(read).rejects.toMatchObject({ code: 'request.generation-gone' });
    await engine.close();
  });

  // Only Linux lists the files that a process has open.
  const onLinux = existsSync('/proc/self/fd') ? test : test.skip;
  onLinux('are closed once they were removed and another one is read', async () => {
    harness.publish([]);
    const engine = openSqliteEngine({
      dataDir: harness.dataDir,
      workers: 1,
      observe: () => undefined,
      limits: LIMITS,
    });
    const openFiles = (): readonly string[] =>
      readdirSync('/proc/self/fd').flatMap((each) => {
        try {
          return [readlinkSync(`/proc/self/fd/${each}`)];
        } catch {
          return [];
        }
      });
    const holdsOpen = (id: number): boolean =>
      openFiles().some((each) => each.startsWith(harness.fileOf(id)));
    const signal = AbortSignal.timeout(20_000);
    await engine.readValue(1, harness.statements.count, signal);
    expect(holdsOpen(1)).toBe(true);
    harness.publish([]);
    harness.removeGeneration(1);
    while (engine.generation(2) === null) await new Promise((resolve) => setTimeout(resolve, 50));
    await engine.readValue(2, harness.statements.count, signal);
    expect([holdsOpen(1), holdsOpen(2)]).toEqual([false, true]);
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

describe('two generations beside each other', () => {
  let harness: SqliteHarness;
  beforeEach(() => {
    harness = sqliteHarness();
    harness.publish([{ key: 1, name: 'one', bytes: null }]);
    harness.publish([1, 2].map((key) => ({ key, name: `thing ${key}`, bytes: null })));
  });
  afterEach(() => harness.remove());

  const both = {
    text: 'SELECT CAST(group_concat(name) AS BLOB) AS body, 1 AS rows FROM (SELECT name FROM things UNION ALL SELECT name FROM earlier.things LIMIT ?)',
    values: [{ parameter: 'rows' }],
  } as const;

  async function read(): Promise<string> {
    const engine = openQuietly(harness);
    const request = {
      generation: 2,
      sinceGeneration: 1,
      after: null,
      top: null,
      maxRows: 9,
      maxBytes: 1e6,
      maxMilliseconds: 5000,
    };
    const statements = {
      first: both,
      next: both,
      orderValues: 0,
      sortsEveryChunk: false,
      hasLargeRows: false,
      regroupsEveryChunk: false,
    };
    try {
      const parts = engine.readPage({ ...request, statements }, AbortSignal.timeout(5000));
      const read: string[] = [];
      for await (const part of parts) if (part.kind === 'rows') read.push(Buffer.from(part.bytes).toString());
      return read.join();
    } finally {
      await engine.close();
    }
  }

  test('are read by one statement', async () => {
    expect(await read()).toBe('thing 1,thing 2,one');
  });

  test('are not read when the earlier one is gone', async () => {
    harness.removeGeneration(1);
    await expect(read()).rejects.toMatchObject({ code: 'request.generation-gone' });
  });

  test('are not read when another release made the earlier one, whose columns may differ', async () => {
    const database = new Database(harness.fileOf(1));
    database.pragma('user_version = 7');
    database.close();
    await expect(read()).rejects.toMatchObject({
      code: 'request.generation-gone',
      message: expect.stringContaining('another release'),
    });
  });
});

// Only there does each thread have a niceness of its own.
const onLinux = existsSync('/proc/thread-self') ? test : test.skip;
onLinux(
  'all workers but the one reserved for brief reads have a lower priority than the rest of the process',
  async () => {
    const harness = sqliteHarness();
    harness.publish([]);
    const threads = (): readonly string[] => readdirSync('/proc/self/task');
    const before = threads();
    const engine = harness.open({
      workers: 3,
      limits: { statementMs: 5000, waitMs: 5000 },
      observe: () => undefined,
    });
    const counts = [1, 2, 3].map(() =>
      engine.readValue(1, harness.statements.count, AbortSignal.timeout(5000)),
    );
    await Promise.all(counts);
    const added = threads().filter((id) => !before.includes(id));
    expect(added.filter((id) => getPriority(Number(id)) > getPriority())).toHaveLength(2);
    await engine.close();
    harness.remove();
  },
);

test('no read waits for ever beside an idle worker that is reserved for brief reads', async () => {
  const harness = sqliteHarness();
  harness.publish(Array.from({ length: 300 }, (_, key) => ({ key, name: null, bytes: null })));
  const limits = { statementMs: 20_000, waitMs: 5000 };
  const engine = harness.open({ workers: 2, limits, observe: () => undefined });
  const { statements } = harness;
  const over = new AbortController();
  const as = (id: string): Engine => engine.forReader({ id, chargeThreadTime: () => undefined });
  try {
    for (let time = 0; time < 3; time += 1) await as('brief').readValue(1, statements.count, over.signal);
    const holding = as('heavy').readValue(1, statements.runaway, over.signal);
    holding.catch(() => undefined);
    expect(await as('newcomer').readValue(1, statements.echo('here'), over.signal)).toBe('here');
  } finally {
    over.abort();
    await engine.close();
    harness.remove();
  }
});

test('a row that is larger than SQLite can write is refused as too complex', async () => {
  const harness = sqliteHarness();
  harness.publish([]);
  const engine = openQuietly(harness);
  const statement = { text: 'SELECT zeroblob(2000000000) AS value', values: [] };
  const read = engine.readValue(1, statement, AbortSignal.timeout(5000));
  await expect(read).rejects.toMatchObject({ code: 'limit.too-complex' });
  await engine.close();
  harness.remove();
});

function openQuietly(harness: SqliteHarness) {
  const limits = { statementMs: 5000, waitMs: 5000 };
  return harness.open({ workers: 1, limits, observe: () => undefined });
}
