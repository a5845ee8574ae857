// One build at a time, across processes and containers that share the data folder.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { FeedError } from '../../../base/feed-error.ts';
import { sql } from '../../../sql/fragment.ts';
import { execute } from '../execute-sql.ts';
import { sqliteErrorCode } from '../sqlite-errors.ts';

const LOCK_FILE = 'night.lock';

export interface BuildLock {
  release(): void;
}

/**
 * It is a lock that SQLite holds on an empty database. So the operating system releases it when the process ends, however
 * it ends, and there is no process id that could be wrong.
 * Throws FeedError `feed.night-running`, and `setup.bad-setting` where the folder cannot be written.
 */
export function acquireBuildLock(dataDir: string): BuildLock {
  let database;
  try {
    database = new Database(join(dataDir, LOCK_FILE), { timeout: 0 });
    execute(database, sql`BEGIN EXCLUSIVE`);
  } catch (error) {
    database?.close();
    if (/^SQLITE_(CANTOPEN|PERM|READONLY)/.test(sqliteErrorCode(error) ?? '')) {
      throw new FeedError('setup.bad-setting', `The folder '${dataDir}' cannot be written.`, {
        target: '--data',
        hint: 'The warehouse is built there: give this account the right to write, or choose another folder with --data.',
        cause: error,
      });
    }
    if (sqliteErrorCode(error)?.startsWith('SQLITE_BUSY')) {
      throw new FeedError('feed.night-running', `Another run is under way in '${dataDir}'.`, {
        hint: 'Wait until it has ended.',
        cause: error,
      });
    }
    throw error;
  }
  const connection = database;
  return { release: () => void connection.close() };
}
