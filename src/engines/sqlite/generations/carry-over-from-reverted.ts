// Keeps a rollback consistent for clients that have read the reverted generation.
import type { Database } from 'better-sqlite3';
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import { storageOf, type Storage } from '../../../../schema/derive/storage.ts';
import { columnsEqual } from '../sql-columns.ts';
import { canonicalInstant } from '../../../base/instant.ts';
import type { BuildContext } from '../build/build-context.ts';
import { isCorruption } from '../sqlite-errors.ts';

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
  database.prepare('ATTACH ? AS taken').run(path);
  const parts = [
    () => carryOverKeys(database),
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
  database.exec('DETACH taken');
}

function carryOverKeys(database: Database): void {
  database.exec(`
    INSERT OR IGNORE INTO surrogateKeys (entity, natural, key) SELECT entity, natural, key FROM taken.surrogateKeys;
    INSERT INTO surrogateSequences (entity, last) SELECT entity, last FROM taken.surrogateSequences WHERE TRUE
      ON CONFLICT (entity) DO UPDATE SET last = max(last, excluded.last)`);
}

/** Who was erased for good stays erased. */
function carryOverTombstones(database: Database): void {
  if (!hasColumn(database, 'tombstones', 'hash')) return;
  database.exec('INSERT OR IGNORE INTO tombstones SELECT * FROM taken.tombstones WHERE forGood');
}

function markDifferingRowsModified(database: Database, { table, entity, roles }: Storage, at: Date): void {
  const modified = roles.get('modified');
  if (modified === undefined || !hasColumn(database, table, modified)) return;
  const [name, column] = [quoteIdentifier(table), quoteIdentifier(modified)];
  database
    .prepare(
      `UPDATE ${name} AS t SET ${column} = ? FROM taken.${name} o
       WHERE ${columnsEqual(entity.key, 't', 'o')} AND t.${column} <> o.${column}`,
    )
    .run(canonicalInstant(at));
}

/** A generation of an earlier release may lack it. */
function hasColumn(database: Database, table: string, column: string): boolean {
  const found = database
    .prepare<[string, string], number>(`SELECT count(*) FROM pragma_table_info(?, 'taken') WHERE name = ?`)
    .pluck()
    .get(table, column);
  return found === 1;
}
