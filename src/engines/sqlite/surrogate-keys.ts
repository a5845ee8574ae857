// Surrogate keys that were given out once belong to their thing for ever, even where the night that gave them is taken back.
import type { Database } from 'better-sqlite3';

/** Takes over what another generation gave out: clients may have read it. */
export function keepKeys(database: Database, from: string): void {
  database.prepare('ATTACH ? AS given').run(from);
  database.exec(`
    BEGIN;
    INSERT OR IGNORE INTO surrogateKeys (entity, natural, key) SELECT entity, natural, key FROM given.surrogateKeys;
    INSERT INTO surrogateSequences (entity, last) SELECT entity, last FROM given.surrogateSequences WHERE TRUE
      ON CONFLICT (entity) DO UPDATE SET last = max(last, excluded.last);
    COMMIT;
    DETACH given`);
}
