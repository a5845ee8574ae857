// Redacts people who were erased in the audit log, which names them where they read the feed: in its rows and its files.
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { storageOf } from '../../../../schema/derive/storage.ts';
import { reads } from '../../../../schema/subjects/reads.ts';
import { listAuditFiles } from '../../../base/audit-files.ts';
import { renderRedactCaller } from '../../../sql/build/privacy/audit-log.ts';
import { execute } from '../execute-sql.ts';
import { hasTable } from '../has-table.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';

/** The audit log names callers by the ids of the directory, and says nothing else about them. */
const OBJECT_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Lines stay and count. */
export function redactAuditLog(database: Database, dataDir: string, values: readonly string[]): void {
  const ids = values.filter((each) => OBJECT_ID.test(each)).map((id) => ({ id, filler: fillerOf(id) }));
  if (ids.length === 0) return;
  if (hasTable(database, storageOf(reads).table)) {
    for (const { id, filler } of ids) execute(database, renderRedactCaller(SQLITE_BUILD_DIALECT, id, filler));
  }
  for (const { path } of listAuditFiles(dataDir)) overwriteIds(path, ids);
}

/** As long as the id, so that nothing in a file moves. */
function fillerOf(id: string): string {
  return 'erased'.padEnd(id.length, '-');
}

const CHUNK_BYTES = 1 << 20;

/** In place: a feed that is running goes on writing at the end of the file. */
function overwriteIds(path: string, ids: readonly { readonly id: string; readonly filler: string }[]): void {
  const descriptor = openSync(path, 'r+');
  try {
    const { size } = fstatSync(descriptor);
    const chunk = Buffer.alloc(CHUNK_BYTES);
    // Chunks overlap, so that no id is cut in two.
    const overlap = Math.max(...ids.map(({ id }) => id.length));
    for (let from = 0; from < size; from += CHUNK_BYTES - overlap) {
      const bytes = chunk.subarray(0, readSync(descriptor, chunk, 0, CHUNK_BYTES, from));
      for (const { id, filler } of ids) {
        for (let at = bytes.indexOf(id); at >= 0; at = bytes.indexOf(id, at + 1)) {
          writeSync(descriptor, filler, from + at);
        }
      }
    }
  } finally {
    closeSync(descriptor);
  }
}
