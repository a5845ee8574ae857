// Tombstones: people who were erased are not written again as long as the source still lists them.
import type { Database } from 'better-sqlite3';
import { renderRemoveTombstone, renderTombstones } from '../../../sql/build/privacy/erasure.ts';
import type { Tombstone } from '../../erasure.ts';
import { prepareForRows, readRows } from '../execute-sql.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';

export function readTombstones(database: Database): readonly Tombstone[] {
  return readRows<{ hash: string; placeholder: string; forGood: number }>(
    database,
    renderTombstones(SQLITE_BUILD_DIALECT),
  ).map((each) => ({ ...each, forGood: each.forGood === 1 }));
}

export function removeTombstones(database: Database, hashes: readonly string[]): void {
  const remove = prepareForRows(database, renderRemoveTombstone(SQLITE_BUILD_DIALECT));
  for (const hash of hashes) remove.run([hash]);
}
