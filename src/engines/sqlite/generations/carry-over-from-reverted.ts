// Keeps a rollback consistent for clients that have read the reverted generation.
import type { Database } from 'better-sqlite3';
import { storageOf, type Storage } from '../../../../schema/derive/storage.ts';
import {
  renderCarryOverKeys,
  renderCarryOverTombstones,
  renderMarkDiffering,
  type RevertedTables,
} from '../../../sql/build/merge/carry-over.ts';
import { identifier, sql, value } from '../../../sql/fragment.ts';
import { execute, executeAll, readNumber } from '../execute-sql.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';
import { canonicalInstant } from '../../../base/instant.ts';
import type { BuildContext } from '../build/build-context.ts';
import { isCorruption } from '../sqlite-errors.ts';

const REVERTED_SCHEMA = 'reverted';
const REVERTED_TABLES: RevertedTables = (name) => sql`${identifier(REVERTED_SCHEMA)}.${identifier(name)}`;

export interface RevertedGeneration {
  /** The file of the generation that is no longer served. */
  readonly path: string;
  /** The moment of the rollback. */
  readonly at: Date;
}

/**
 * Surrogate keys that were given out are never given to another instance. And a row that differs from its reverted
 * version counts as modified now, so that clients that load only changes get it.
 */
export function carryOverFromReverted(
  { database, model }: BuildContext,
  { path, at }: RevertedGeneration,
): void {
  execute(database, sql`ATTACH ${value(path)} AS ${identifier(REVERTED_SCHEMA)}`);
  const parts = [
    () => executeAll(database, renderCarryOverKeys(SQLITE_BUILD_DIALECT, REVERTED_TABLES)),
    () => carryOverTombstones(database),
    ...[...model.entities.values()].map(
      (entity) => () => markDifferingRowsModified(database, storageOf(entity), at),
    ),
  ];
  for (const part of parts) {
    try {
      database.transaction(part)();
    } catch (error) {
      // Clients could not read the damaged part either.
      if (!isCorruption(error)) throw error;
    }
  }
  execute(database, sql`DETACH ${identifier(REVERTED_SCHEMA)}`);
}

/** Who was erased for good stays erased. */
function carryOverTombstones(database: Database): void {
  if (!hasColumn(database, 'tombstones', 'hash')) return;
  execute(database, renderCarryOverTombstones(SQLITE_BUILD_DIALECT, REVERTED_TABLES));
}

function markDifferingRowsModified(database: Database, storage: Storage, at: Date): void {
  const modified = storage.roles.get('modified');
  if (modified === undefined || !hasColumn(database, storage.table, modified)) return;
  const change = { modified, at: canonicalInstant(at), from: REVERTED_TABLES };
  execute(database, renderMarkDiffering(SQLITE_BUILD_DIALECT, storage, change));
}

/** A generation of an earlier release may lack it. */
function hasColumn(database: Database, table: string, column: string): boolean {
  const found = sql`SELECT 1 FROM pragma_table_info(${value(table)}, ${value(REVERTED_SCHEMA)}) WHERE "name" = ${value(column)}`;
  return readNumber(database, found) !== null;
}
