// Shrinks a file once much of it is free.
import { renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { sql, value } from '../../../sql/fragment.ts';
import { execute, readCount } from '../execute-sql.ts';
import { sqliteErrorCode } from '../sqlite-errors.ts';

/** Of the pages of a file. Later runs reuse free pages, so fewer are not worth rewriting the file. */
const MAX_FREE_SHARE = 0.25;

/** The file must not be open. Where the disk has no space for a second file, it stays larger than necessary. */
export function compactFile(path: string): void {
  const compacted = `${path}-compact`;
  rmSync(compacted, { force: true });
  if (!vacuumInto(path, compacted)) return;
  renameSync(compacted, path);
}

function vacuumInto(path: string, target: string): boolean {
  const database = new Database(path);
  try {
    const free = readCount(database, sql`PRAGMA freelist_count`);
    if (free <= readCount(database, sql`PRAGMA page_count`) * MAX_FREE_SHARE) return false;
    execute(database, sql`VACUUM INTO ${value(target)}`);
    return true;
  } catch (error) {
    if (!/^SQLITE_(FULL|IOERR|CANTOPEN)/.test(sqliteErrorCode(error) ?? '')) throw error;
    rmSync(target, { force: true });
    return false;
  } finally {
    database.close();
  }
}
