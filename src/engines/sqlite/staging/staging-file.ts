// Staged rows wait in a file beside the generation being built until their collection is merged.
import { rmSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import type { Storage } from '../../../../schema/derive/storage.ts';
import type { StagedRow } from '../../staging.ts';
import { createStagedTable, type StagedTable } from './staged-table.ts';
import { createEnrichmentTable, type EnrichmentTable } from './enrichment-table.ts';

/** What a run has staged for one collection. */
export interface StagedInput {
  /** The table of the rows that were appended, numbered by rowid as they arrived. */
  readonly table: string;
  readonly rows: number;
  /** Columns in which at least one row holds `NOT_REPORTED`. */
  readonly unreportedColumns: ReadonlySet<string>;
  /** The table of the rows of further sources; null where there are none. */
  readonly enrichmentTable: string | null;
}

export interface StagingFile {
  append(storage: Storage, rows: readonly StagedRow[]): void;
  enrich(storage: Storage, rows: readonly StagedRow[]): void;
  /** Passes what was staged of the collection to `work`, and removes it afterwards. */
  consume<Result>(storage: Storage, work: (input: StagedInput) => Result): Result;
  /** Detaches the file and removes it. */
  close(): void;
}

/** Name of a table in the staging file. */
export function stagingTable(table: string): string {
  return `staging.${quoteIdentifier(table)}`;
}

/**
 * Creates the file and attaches it. It has no journal and is never flushed: a build is discarded whole when a statement
 * fails or the process ends, and the file with it.
 */
export function openStagingFile(database: Database, path: string): StagingFile {
  database.prepare('ATTACH ? AS staging').run(path);
  database.exec(`PRAGMA staging.journal_mode = OFF; PRAGMA staging.synchronous = OFF;
    PRAGMA staging.locking_mode = EXCLUSIVE`);
  const stagedTables = new Map<string, StagedTable>();
  const enrichmentTables = new Map<string, EnrichmentTable>();
  const stagedTableOf = (storage: Storage): StagedTable => {
    const { name } = storage.entity;
    return getOrCreate(stagedTables, name, () =>
      createStagedTable(database, storage, stagingTable(`${name}Rows`)),
    );
  };
  return {
    append: (storage, rows) => stagedTableOf(storage).append(rows),
    enrich(storage, rows) {
      const { name } = storage.entity;
      getOrCreate(enrichmentTables, name, () =>
        createEnrichmentTable(database, storage, stagingTable(`${name}Enrichment`)),
      ).add(rows);
    },
    consume(storage, work) {
      const { name } = storage.entity;
      const { table, rows, unreportedColumns } = stagedTableOf(storage);
      const enrichmentTable = enrichmentTables.get(name)?.table ?? null;
      const result = work({ table, rows, unreportedColumns, enrichmentTable });
      stagedTables.delete(name);
      enrichmentTables.delete(name);
      database.exec(`DROP TABLE ${table}`);
      if (enrichmentTable !== null) database.exec(`DROP TABLE ${enrichmentTable}`);
      return result;
    },
    close() {
      database.exec('DETACH staging');
      rmSync(path, { force: true });
    },
  };
}

function getOrCreate<Part>(parts: Map<string, Part>, name: string, create: () => Part): Part {
  let part = parts.get(name);
  if (part === undefined) parts.set(name, (part = create()));
  return part;
}
