// Gives back the room of what was removed from a file, once there is much of it.
import { renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { sqliteCode } from './sqlite-code.ts';

/** Of the pages of a file, those that may be free: nights fill them again, so that less is not worth the writing. */
const FREE_SHARE = 0.25;

/**
 * Nobody may have the file open. Where there is no room for a second one it stays as it is: only larger than need be,
 * like every generation that begins as its copy.
 */
export function compact(path: string): void {
  const fresh = `${path}-compact`;
  rmSync(fresh, { force: true });
  if (!rewriteInto(path, fresh)) return;
  renameSync(fresh, path);
}

function rewriteInto(path: string, fresh: string): boolean {
  const database = new Database(path);
  try {
    const pages = (name: string): number => Number(database.pragma(name, { simple: true }));
    if (pages('freelist_count') <= pages('page_count') * FREE_SHARE) return false;
    database.prepare('VACUUM INTO ?').run(fresh);
    return true;
  } catch (error) {
    if (!/^SQLITE_(FULL|IOERR|CANTOPEN)/.test(sqliteCode(error) ?? '')) throw error;
    rmSync(fresh, { force: true });
    return false;
  } finally {
    database.close();
  }
}
