// Gives back the room of what was removed from a file, once there is much of it.
import { renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { sqliteErrorCode } from '../sqlite-errors.ts';

/** Of the pages of a file, those that may be free: nights fill them again, so that less is not worth the writing. */
const MAX_FREE_SHARE = 0.25;

/**
 * Nobody may have the file open. Where there is no room for a second one it stays as it is: only larger than need be,
 * like every generation that begins as its copy.
 */
export function compactFile(path: string): void {
  const compacted = `${path}-compact`;
  rmSync(compacted, { force: true });
  if (!vacuumInto(path, compacted)) return;
  renameSync(compacted, path);
}

function vacuumInto(path: string, target: string): boolean {
  const database = new Database(path);
  try {
    const pages = (name: string): number => Number(database.pragma(name, { simple: true }));
    if (pages('freelist_count') <= pages('page_count') * MAX_FREE_SHARE) return false;
    database.prepare('VACUUM INTO ?').run(target);
    return true;
  } catch (error) {
    if (!/^SQLITE_(FULL|IOERR|CANTOPEN)/.test(sqliteErrorCode(error) ?? '')) throw error;
    rmSync(target, { force: true });
    return false;
  } finally {
    database.close();
  }
}
