// Takes values that were erased out of what runs had to say in words.
import type { Database } from 'better-sqlite3';
import { quoted } from '../../../../schema/derive/ddl.ts';
import { hasRuns, RUN_ENTITIES } from '../run-tables.ts';

/** Shorter ones stand in words that tell of nobody. */
const SHORTEST = 4;
const ERASED = '(erased)';

/** In any case of letters. To be called in a transaction. */
export function scrubRuns(database: Database, values: readonly string[]): void {
  const found = values.filter(({ length }) => length >= SHORTEST).sort((a, b) => b.length - a.length);
  if (found.length === 0 || !hasRuns(database)) return;
  const pattern = new RegExp(
    found.map((each) => each.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'),
    'gi',
  );
  for (const { name, key, properties } of RUN_ENTITIES) {
    const where = key.map((each) => `${quoted(each)} = @${each}`).join(' AND ');
    const texts = Object.keys(properties).filter(
      (each) => properties[each]?.type === 'Edm.String' && !key.includes(each),
    );
    const rows = database
      .prepare<[], Record<string, string | number | null>>(`SELECT * FROM ${quoted(name)}`)
      .all();
    for (const column of texts) {
      const correct = database.prepare<[object]>(
        `UPDATE ${quoted(name)} SET ${quoted(column)} = @clean WHERE ${where}`,
      );
      for (const row of rows) {
        const text = row[column];
        const clean = typeof text === 'string' ? text.replaceAll(pattern, ERASED) : text;
        if (clean !== text) correct.run({ ...row, clean });
      }
    }
  }
}
