// Redacts erased values in the texts of run history.
import type { Database } from 'better-sqlite3';
import { RUN_ENTITIES, renderAllRows, renderUpdateColumn } from '../../../sql/build/run-history.ts';
import { prepareForRows, readRows } from '../execute-sql.ts';
import { hasRunTables } from '../journal/run-tables.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';

/** Shorter ones are part of words that name nobody. */
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
  for (const entity of RUN_ENTITIES) {
    const { key, properties } = entity;
    const textColumns = Object.keys(properties).filter(
      (each) => properties[each]?.type === 'Edm.String' && !key.includes(each),
    );
    const rows = readRows<RunRow>(database, renderAllRows(SQLITE_BUILD_DIALECT, entity));
    for (const column of textColumns) {
      const update = prepareForRows(database, renderUpdateColumn(SQLITE_BUILD_DIALECT, entity, column));
      for (const row of rows) {
        const text = row[column];
        const redacted = typeof text === 'string' ? text.replaceAll(pattern, ERASED) : text;
        if (redacted !== text) update.run([redacted ?? null, ...key.map((each) => row[each] ?? null)]);
      }
    }
  }
}

type RunRow = Readonly<Record<string, string | number | null>>;
