// Opens a read-only connection to one generation, or to two for comparison.
import Database from 'better-sqlite3';
import { FeedError } from '../../../base/feed-error.ts';
import { EARLIER_SCHEMA } from './earlier-schema.ts';
import { registerFunctions } from './register-functions.ts';

export interface ReadFiles {
  readonly path: string;
  /** The file of the earlier generation to compare with; null for most reads. */
  readonly earlier: string | null;
}

/**
 * Throws FeedError `request.generation-gone` when the earlier generation is of another model: whether a value of a new
 * column has changed is unknown.
 */
export function openReadConnection(
  { path, earlier }: ReadFiles,
  isStopped: () => boolean,
): Database.Database {
  const database = new Database(path, { readonly: true, fileMustExist: true });
  try {
    if (earlier !== null) attachEarlier(database, earlier);
    // No other settings: neither mmap nor a larger cache was faster, and a truncated mapped file kills the process.
    database.pragma('query_only = ON');
    registerFunctions(database, isStopped);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function attachEarlier(database: Database.Database, earlier: string): void {
  database.prepare(`ATTACH ? AS ${EARLIER_SCHEMA}`).run(earlier);
  const [fingerprint, earlierFingerprint] = ['main', EARLIER_SCHEMA].map((schema) =>
    database.pragma(`${schema}.user_version`, { simple: true }),
  );
  if (fingerprint === earlierFingerprint) return;
  throw new FeedError(
    'request.generation-gone',
    'The generation to compare with was made by another release, with other columns.',
    { hint: 'Read the collection again from its first page.' },
  );
}
