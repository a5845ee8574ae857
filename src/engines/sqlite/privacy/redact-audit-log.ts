// Takes people who were erased out of the audit, where they read the feed themselves: out of its rows and its files.
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import { storageOf } from '../../../../schema/derive/storage.ts';
import { reads } from '../../../../schema/subjects/reads.ts';
import { listAuditFiles } from '../../../base/audit-files.ts';

/** The audit tells callers by the ids of the directory, and nothing else of them. */
const OBJECT_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Lines stay and count. */
export function redactAuditLog(database: Database, dataDir: string, values: readonly string[]): void {
  const ids = values.filter((each) => OBJECT_ID.test(each)).map((id) => ({ id, filler: fillerOf(id) }));
  if (ids.length === 0) return;
  const { table } = storageOf(reads);
  if (database.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(table)) {
    const redact = database.prepare(
      `UPDATE ${quoteIdentifier(table)} SET caller = replace(caller, @id, @filler) WHERE instr(caller, @id) > 0`,
    );
    for (const each of ids) redact.run(each);
  }
  for (const { path } of listAuditFiles(dataDir)) overwriteIds(path, ids);
}

/** As long as the id, so that nothing in a file moves. */
function fillerOf(id: string): string {
  return 'erased'.padEnd(id.length, '-');
}

const CHUNK_BYTES = 1 << 20;

/** In place: a feed that is running goes on writing at the end. */
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
