// Harvested rows on their way in: they wait beside the generation being built until their collection is merged.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import type { Storage } from '../../../../schema/derive/storage.ts';
import type { StagedRow } from '../../generation-build.ts';
import { openStagedFile, STAGED_TABLE, type StagedFile } from './staged-file.ts';
import { openEnrichmentTable, type EnrichmentTable } from './enrichment-table.ts';

/** What a night brought of one collection. */
export interface StagedInput {
  /** The table of the rows that were appended, numbered by rowid as they came. */
  readonly table: string;
  readonly rows: number;
  /** Columns in which some row leaves something untold. */
  readonly unreportedColumns: ReadonlySet<string>;
  /** The table of what further sources tell; null where there are none. */
  readonly enrichmentTable: string | null;
}

export interface Staging {
  append(storage: Storage, rows: readonly StagedRow[]): void;
  enrich(storage: Storage, rows: readonly StagedRow[]): void;
  /** Works with what was brought of the collection, and lets go of it. Not within a transaction. */
  consume<Result>(storage: Storage, work: (input: StagedInput) => Result): Result;
  /** Lets go of everything that was brought. */
  close(): void;
}

/** Name of a table in the temporary database. */
export function stagingTable(table: string): string {
  return `staging.${quoteIdentifier(table)}`;
}

/** `folder` is for files of rows, and does not exist yet. */
export function openStaging(database: Database, folder: string): Staging {
  // An empty name is a file of SQLite's own that goes when the connection closes.
  database.exec(`ATTACH '' AS staging; PRAGMA staging.journal_mode = OFF; PRAGMA staging.synchronous = OFF`);
  mkdirSync(folder, { mode: 0o700 });
  const files = new Map<string, StagedFile>();
  const enrichmentTables = new Map<string, EnrichmentTable>();
  const open = (storage: Storage): StagedFile => {
    const { name } = storage.entity;
    return getOrCreate(files, name, () => openStagedFile(join(folder, name), storage));
  };
  return {
    append: (storage, rows) => open(storage).append(rows),
    enrich(storage, rows) {
      const { name } = storage.entity;
      getOrCreate(enrichmentTables, name, () =>
        openEnrichmentTable(database, storage, stagingTable(`${name}Supplement`)),
      ).add(rows);
    },
    consume(storage, work) {
      const { name } = storage.entity;
      const file = open(storage);
      const enrichmentTable = enrichmentTables.get(name)?.table ?? null;
      file.end();
      files.delete(name);
      enrichmentTables.delete(name);
      database.prepare(`ATTACH ? AS harvested`).run(file.path);
      try {
        const { rows, unreportedColumns } = file;
        return work({ table: `harvested.${STAGED_TABLE}`, rows, unreportedColumns, enrichmentTable });
      } finally {
        database.exec('DETACH harvested');
        rmSync(file.path);
        if (enrichmentTable !== null) database.exec(`DROP TABLE ${enrichmentTable}`);
      }
    },
    close() {
      for (const file of files.values()) file.abandon();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function getOrCreate<Part>(parts: Map<string, Part>, name: string, create: () => Part): Part {
  let part = parts.get(name);
  if (part === undefined) parts.set(name, (part = create()));
  return part;
}
