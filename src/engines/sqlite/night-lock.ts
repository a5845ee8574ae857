// One night at a time, across processes and containers that share the data directory.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { FeedError } from '../../base/feed-error.ts';
import { sqliteCode } from './sqlite-code.ts';

const LOCK_FILE = 'night.lock';

/**
 * Holds the lock until the returned function is called or the process ends, however it ends: it is a lock that
 * SQLite holds on an empty database, so the system itself lets go of it and no process id can lie.
 * Throws FeedError `feed.night-running`.
 */
export function takeNightLock(dataDir: string): () => void {
  const database = new Database(join(dataDir, LOCK_FILE), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (sqliteCode(error)?.startsWith('SQLITE_BUSY')) {
      throw new FeedError('feed.night-running', `Another night is being built in '${dataDir}'.`, {
        hint: 'Wait until it has ended.',
        cause: error,
      });
    }
    throw error;
  }
  return () => database.close();
}
