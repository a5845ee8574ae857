// What a generation says, as one short text: two with the same fingerprint hold the same rows, keys and spans.
import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import { quoteIdentifier } from '../quote-identifier.ts';
import { storageOf } from '../../schema/derive/storage.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { RUN_ENTITIES } from '../../src/sql/build/run-history.ts';

const BOOKKEEPING = ['snapshotDays', 'surrogateKeys', 'surrogateSequences'];

/** Everything but the journal, which tells of the ways and not of the end. Throws where the file is damaged. */
export function fingerprintOf(path: string): string {
  const database = new Database(path, { readonly: true });
  try {
    const health = database.pragma('integrity_check', { simple: true });
    if (health !== 'ok') throw new Error(`${path} is damaged: ${String(health)}`);
    const entities = [...MODEL.entities.values()].filter((entity) => !RUN_ENTITIES.includes(entity));
    const hash = createHash('sha256');
    for (const table of [...entities.map((entity) => storageOf(entity).table), ...BOOKKEEPING]) {
      hash.update(`${table}\n`);
      const key = database.prepare('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk').pluck();
      const order = (key.all(table) as string[]).map(quoteIdentifier).join(', ');
      const rows = database
        .prepare(`SELECT * FROM ${quoteIdentifier(table)} ORDER BY ${order}`)
        .raw()
        .iterate();
      for (const row of rows) hash.update(`${JSON.stringify(row)}\n`);
    }
    return hash.digest('hex');
  } finally {
    database.close();
  }
}
