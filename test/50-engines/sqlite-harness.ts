// The conformance suite's collection of things as SQLite files in a folder of its own.
import { LIMITS } from '../../src/base/limits.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { generationFileName } from '../../src/engines/sqlite/generations/generation-files.ts';
import { openSqliteEngine } from '../../src/engines/sqlite/sqlite-engine.ts';
import type { PageStatements } from '../../src/sql/statement.ts';
import type { Harness, Thing } from './engine-conformance.ts';

const chunk = (where: string): string => `
  SELECT CAST(group_concat(
           concat('{"key":', key, ',"name":', json_quote(name), ',"bytes":', ifnull(bytes, 'null'), '}')
         ) AS BLOB) AS body,
         count(*) AS rows,
         max(key) AS after0
    FROM (SELECT * FROM things ${where} ORDER BY key LIMIT ?)`;

const AFTER = { parameter: 'after', index: 0 } as const;
const ROWS = { parameter: 'rows' } as const;

// A page begins after the skip token's row, or before every key.
const THINGS: PageStatements = {
  first: { text: chunk('WHERE key > coalesce(?, -1)'), values: [AFTER, ROWS] },
  next: { text: chunk('WHERE key > ?'), values: [AFTER, ROWS] },
  orderValues: 1,
  sortsEveryChunk: false,
  regroupsEveryChunk: false,
  hasLargeRows: false,
};

// It takes a column of every table: with only one, the planner may call it in the outermost loop, hardly ever.
const RUNAWAY = `
  SELECT count(*) FROM things a, things b, things c, things d
   WHERE within_deadline(a.key, b.key, c.key, d.key)`;

// More text in one row than fits into a worker's heap.
const DEADLY = `SELECT ${Array.from({ length: 1900 }, (_, index) => `hex(zeroblob(50000)) AS c${index}`).join(', ')}`;

export interface SqliteHarness extends Harness {
  readonly dataDir: string;
  /** The path of a generation's file. */
  fileOf(generation: number): string;
}

export function sqliteHarness(): SqliteHarness {
  const dataDir = mkdtempSync(join(tmpdir(), 'fleetfeed-engine-'));
  const fileOf = (id: number): string => join(dataDir, generationFileName(id, 20260100 + id));
  let last = 0;
  return {
    dataDir,
    fileOf,
    publish(things) {
      last += 1;
      writeGeneration(fileOf(last), last, things);
    },
    removeGeneration: (id) => rmSync(fileOf(id)),
    open: ({ limits, ...options }) =>
      openSqliteEngine({ dataDir, ...options, limits: { ...LIMITS, ...limits } }),
    statements: {
      things: THINGS,
      count: { text: 'SELECT count(*) FROM things', values: [] },
      nothing: { text: 'SELECT 1 WHERE 0', values: [] },
      echo: (value) => ({ text: 'SELECT ?', values: [value] }),
      runaway: { text: RUNAWAY, values: [] },
      deadly: { text: DEADLY, values: [] },
      mistaken: { text: 'SELECT "no such column" FROM things', values: [] },
    },
    remove: () => rmSync(dataDir, { recursive: true }),
  };
}

function writeGeneration(path: string, id: number, things: readonly Thing[]): void {
  const database = new Database(path);
  database.exec(`
    BEGIN;
    CREATE TABLE generation (id INTEGER PRIMARY KEY, dateKey INTEGER NOT NULL, publishedAtUTC TEXT NOT NULL) STRICT;
    CREATE TABLE things (key INTEGER PRIMARY KEY, name TEXT, bytes INTEGER) STRICT`);
  const day = 20260100 + id;
  const published = `2026-01-${String(id).padStart(2, '0')}T00:05:00`;
  database.prepare('INSERT INTO generation VALUES (?, ?, ?)').run(id, day, published);
  const insert = database.prepare('INSERT INTO things VALUES (:key, :name, :bytes)');
  for (const thing of things) insert.run(thing);
  database.exec('COMMIT');
  database.close();
}
