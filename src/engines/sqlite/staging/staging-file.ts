// Staged rows wait in a file beside the generation being built until their collection is merged.
import { rmSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import type { Storage } from '../../../../schema/derive/storage.ts';
import type { StagedTables } from '../../../sql/build/merge/staged-instance.ts';
import { identifier, sql, value } from '../../../sql/fragment.ts';
import type { StagedRow } from '../../staging.ts';
import { execute } from '../execute-sql.ts';
import { SQLITE_BUILD_DIALECT, STAGING_SCHEMA } from '../sqlite-build-dialect.ts';
import { createStagedTable, type StagedTable } from './staged-table.ts';
import { createEnrichmentTable, type EnrichmentTable } from './enrichment-table.ts';

/** What a run has staged for one collection. */
export interface StagedInput extends StagedTables {
  readonly rows: number;
}

export interface StagingFile {
  append(storage: Storage, rows: readonly StagedRow[]): void;
  enrich(storage: Storage, rows: readonly StagedRow[]): void;
  /** Passes what was staged of the collection to `work`, and removes it afterwards. */
  consume<Result>(storage: Storage, work: (input: StagedInput) => Result): Result;
  /** Detaches the file and removes it. */
  close(): void;
}

/**
 * Creates the file and attaches it. It has no journal and is never flushed: a build is discarded whole when a statement
 * fails or the process ends, and the file with it.
 */
export function openStagingFile(database: Database, path: string): StagingFile {
  const schema = identifier(STAGING_SCHEMA);
  execute(database, sql`ATTACH ${value(path)} AS ${schema}`);
  execute(database, sql`PRAGMA ${schema}.journal_mode = OFF`);
  execute(database, sql`PRAGMA ${schema}.synchronous = OFF`);
  execute(database, sql`PRAGMA ${schema}.locking_mode = EXCLUSIVE`);
  const stagedTables = new Map<string, StagedTable>();
  const enrichmentTables = new Map<string, EnrichmentTable>();
  const stagedTableOf = (storage: Storage): StagedTable => {
    const { name } = storage.entity;
    return getOrCreate(stagedTables, name, () =>
      createStagedTable(database, storage, SQLITE_BUILD_DIALECT.stagingTable(`${name}Rows`)),
    );
  };
  return {
    append: (storage, rows) => stagedTableOf(storage).append(rows),
    enrich(storage, rows) {
      const { name } = storage.entity;
      getOrCreate(enrichmentTables, name, () =>
        createEnrichmentTable(database, storage, SQLITE_BUILD_DIALECT.stagingTable(`${name}Enrichment`)),
      ).add(rows);
    },
    consume(storage, work) {
      const { name } = storage.entity;
      const { table, rows, unreportedColumns } = stagedTableOf(storage);
      const enrichmentTable = enrichmentTables.get(name)?.table ?? null;
      const result = work({ table, rows, unreportedColumns, enrichmentTable });
      stagedTables.delete(name);
      enrichmentTables.delete(name);
      execute(database, sql`DROP TABLE ${table}`);
      if (enrichmentTable !== null) execute(database, sql`DROP TABLE ${enrichmentTable}`);
      return result;
    },
    close() {
      execute(database, sql`DETACH ${schema}`);
      rmSync(path, { force: true });
    },
  };
}

function getOrCreate<Part>(parts: Map<string, Part>, name: string, create: () => Part): Part {
  let part = parts.get(name);
  if (part === undefined) parts.set(name, (part = create()));
  return part;
}
