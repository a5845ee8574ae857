// Takes values that were erased out of what runs had to say in words.
import type { Database } from 'better-sqlite3';
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import { hasRunTables, RUN_ENTITIES } from '../journal/run-tables.ts';

/** Shorter ones stand in words that tell of nobody. */
const MIN_LENGTH = 4;
const ERASED = '(erased)';

/** In any case of letters. To be called in a transaction. */
export function redactRuns(database: Database, values: readonly string[]): void {
  const longestFirst = values
    .filter(({ length }) => length >= MIN_LENGTH)
    .sort((a, b) => b.length - a.length);
  if (longestFirst.length === 0 || !hasRunTables(database)) return;
  const pattern = new RegExp(
    longestFirst.map((each) => each.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'),
    'gi',
  );
  for (const { name, key, properties } of RUN_ENTITIES) {
    const where = key.map((each) => `${quoteIdentifier(each)} = @${each}`).join(' AND ');
    const textColumns = Object.keys(properties).filter(
      (each) => properties[each]?.type === 'Edm.String' && !key.includes(each),
    );
    const rows = database
      .prepare<[], Record<string, string | number | null>>(`SELECT * FROM ${quoteIdentifier(name)}`)
      .all();
    for (const column of textColumns) {
      const update = database.prepare<[object]>(
        `UPDATE ${quoteIdentifier(name)} SET ${quoteIdentifier(column)} = @clean WHERE ${where}`,
      );
      for (const row of rows) {
        const text = row[column];
        const redacted = typeof text === 'string' ? text.replaceAll(pattern, ERASED) : text;
        if (redacted !== text) update.run({ ...row, clean: redacted });
      }
    }
  }
}
