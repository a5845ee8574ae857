// Who was erased: as long as the source still speaks of them, they stay nobody.
import type { Database } from 'better-sqlite3';
import type { Tombstone } from '../../erasure.ts';

export function readTombstones(database: Database): readonly Tombstone[] {
  return database
    .prepare<[], { hash: string; placeholder: string; forGood: number }>('SELECT * FROM tombstones')
    .all()
    .map((each) => ({ ...each, forGood: each.forGood === 1 }));
}

export function removeTombstones(database: Database, hashes: readonly string[]): void {
  const remove = database.prepare('DELETE FROM tombstones WHERE hash = ?');
  for (const hash of hashes) remove.run(hash);
}
