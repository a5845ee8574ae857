// One harvest, recorded in files, so that it can be loaded again and again: by the real staging, and by the sqlite3 shell.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { openGraphClient } from '../../etl/graph/graph-client.ts';
import { makeTokenSource } from '../../etl/graph/sign-in/token-source.ts';
import { harvest } from '../../etl/harvest/harvest.ts';
import { openRunContext } from '../../etl/run-context.ts';
import { mergeAll } from '../../etl/merge/merge-all.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { storageOf } from '../../schema/derive/storage.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import type { Entity } from '../../schema/entity.ts';
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import { addDays, dateKeyOf } from '../../src/base/date-key.ts';
import { stagedColumn, stagedIdentityColumns } from '../../src/sql/build/merge/staged-columns.ts';
import { openSqliteWarehouse } from '../../src/engines/sqlite/sqlite-warehouse.ts';
import { NOT_REPORTED, type Completeness, type StagedRow, type Staging } from '../../src/engines/staging.ts';
import type { GenerationBuild } from '../../src/engines/generation-build.ts';

export interface RecordedHarvest {
  readonly dir: string;
  readonly rows: number;
  readonly csvBytes: number;
  /** Those of which rows were appended. */
  readonly collections: readonly Entity[];
  readonly completeness: ReadonlyMap<string, Completeness>;
  /** Files of rows in the order in which they were appended. */
  readonly pages: readonly Page[];
}

interface Page {
  readonly path: string;
  readonly entity: Entity;
  readonly how: 'append' | 'enrich';
}

const now = new Date();

/** For the day after the newest generation, or for today. */
function beginBuild(dataDir: string): GenerationBuild {
  const warehouse = openSqliteWarehouse({ dataDir, model: MODEL });
  const newest = warehouse.current();
  return warehouse.beginBuild(newest === null ? dateKeyOf(now) : addDays(newest.dateKey, 1), now);
}

/** Harvests the tenant at the address; its rows go to files instead of staging. */
export async function recordHarvest(url: string, dir: string): Promise<RecordedHarvest> {
  mkdirSync(dir);
  const build = beginBuild(join(dir, 'data'));
  const pages: Page[] = [];
  const collections = new Set<Entity>();
  let rows = 0;
  const record = (how: Page['how'], entity: Entity, rowsIn: readonly StagedRow[]): void => {
    if (rowsIn.length === 0) return;
    const path = join(dir, `${pages.length}.rows`);
    appendFileSync(path, serialize(rowsIn.map(notReportedAsUndefined)));
    pages.push({ path, entity, how });
    if (how === 'enrich') return;
    collections.add(entity);
    rows += rowsIn.length;
    appendFileSync(csvOf(dir, entity), rowsIn.map((row) => csvLine(entity, row)).join(''));
  };
  const run = openRunContext({
    runId: 'bench',
    observe: () => undefined,
    signal: new AbortController().signal,
  });
  const graph = openGraphClient({
    rootUrl: url,
    token: makeTokenSource({ ...DEMO_CREDENTIALS, graphUrl: url, loginUrl: url }),
    run,
  });
  const staging: Staging = {
    ...build.staging,
    append: (entity, rowsIn) => record('append', entity, rowsIn),
    enrich: (entity, rowsIn) => record('enrich', entity, rowsIn),
  };
  const completeness = await harvest({ graph, run }, staging);
  build.discard();
  const csvBytes = [...collections].reduce((bytes, entity) => bytes + statSync(csvOf(dir, entity)).size, 0);
  return { dir, rows, csvBytes, collections: [...collections], completeness, pages };
}

/** Milliseconds that the real staging and merge take, on top of what is published there. */
export function loadRecorded(recorded: RecordedHarvest, dataDir: string): { append: number; merge: number } {
  const build = beginBuild(dataDir);
  const milliseconds = load(recorded, build);
  build.discard();
  return milliseconds;
}

/** Makes a warehouse in which loading the same harvest again changes nothing. */
export function publishRecorded(recorded: RecordedHarvest, dataDir: string): void {
  const build = beginBuild(dataDir);
  load(recorded, build);
  build.publish();
}

function load(recorded: RecordedHarvest, build: GenerationBuild): { append: number; merge: number } {
  let append = 0;
  for (const { path, entity, how } of recorded.pages) {
    const rows = (deserialize(readFileSync(path)) as StagedRow[]).map(undefinedAsNotReported);
    const before = performance.now();
    build.staging[how](entity, rows);
    append += performance.now() - before;
  }
  const before = performance.now();
  mergeAll(build, MODEL, recorded.completeness);
  return { append, merge: performance.now() - before };
}

/** Milliseconds that the shell takes for tables of the same columns, with a key or without; nothing waits for the disk. */
export async function importIntoShell(
  { dir, collections }: RecordedHarvest,
  path: string,
  keyed: boolean,
): Promise<number> {
  rmSync(path, { force: true });
  const script = [
    'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;',
    ...collections.flatMap((entity) => {
      const storage = storageOf(entity);
      // What is missing is an empty text in CSV, which a number or a required value may not be.
      const columns = storage.sourced.map(
        (name) => `${quoteIdentifier(name)} ${stagedColumn(storage, name).type}`,
      );
      const named = storage.roles.has('surrogate') ? ['"natural" TEXT', ...columns] : columns;
      const identity = stagedIdentityColumns(storage).map(quoteIdentifier).join(', ');
      const key = keyed && identity !== '' ? [`PRIMARY KEY (${identity})`] : [];
      return [
        `CREATE TABLE ${quoteIdentifier(entity.name)} (${[...named, ...key].join(', ')})${key.length === 0 ? '' : ' WITHOUT ROWID'};`,
        `.import --csv ${csvOf(dir, entity)} ${entity.name}`,
      ];
    }),
  ].join('\n');
  const before = performance.now();
  // It warns of the few rows that came twice, and keeps the first.
  const shell = spawn('sqlite3', [path], { stdio: ['pipe', 'ignore', 'ignore'] });
  shell.stdin.end(`${script}\n`);
  const [code] = (await once(shell, 'close')) as [number | null];
  if (code !== 0) throw new Error(`sqlite3 ended with ${code}.`);
  return performance.now() - before;
}

const csvOf = (dir: string, entity: Entity): string => join(dir, `${entity.name}.csv`);

function csvLine(entity: Entity, { naturalKey, values }: StagedRow): string {
  const { sourced, roles } = storageOf(entity);
  const cells = sourced.map((name) => values[name]);
  return `${[...(roles.has('surrogate') ? [naturalKey] : []), ...cells].map(csvCell).join(',')}\n`;
}

function csvCell(value: StagedRow['values'][string] | undefined): string {
  if (value === null || value === undefined || value === NOT_REPORTED) return '';
  if (typeof value === 'boolean') return value ? '1' : '0';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// NOT_REPORTED is a symbol, which does not outlive its process.
const notReportedAsUndefined = (row: StagedRow) => replaced(row, NOT_REPORTED, undefined);
const undefinedAsNotReported = (row: StagedRow) => replaced(row, undefined, NOT_REPORTED);

function replaced(row: StagedRow, what: unknown, by: unknown): StagedRow {
  const values = Object.entries(row.values).map(([name, value]) => [name, value === what ? by : value]);
  return { ...row, values: Object.fromEntries(values) as StagedRow['values'] };
}
