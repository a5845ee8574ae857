// A connection that reads one generation, or two beside each other.
import Database from 'better-sqlite3';
import { FeedError } from '../../../base/feed-error.ts';
import { EARLIER_SCHEMA } from './earlier-schema.ts';
import { registerFunctions } from './register-functions.ts';

/** Files of generations. */
export interface ReadFiles {
  readonly path: string;
  /** The generation that it is compared with; null for most reads. */
  readonly earlier: string | null;
}

/**
 * Throws FeedError `request.generation-gone` when the earlier generation is of another model: what a column did not have
 * then is not known to have changed.
 */
export function openReadConnection(
  { path, earlier }: ReadFiles,
  isStopped: () => boolean,
): Database.Database {
  const database = new Database(path, { readonly: true, fileMustExist: true });
  try {
    if (earlier !== null) attachEarlier(database, earlier);
    // Nothing else: neither mmap nor a larger cache was faster, and a mapped file that is cut short kills the process.
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
    'The snapshot that changes are asked since was made by another release, with other columns.',
    { hint: 'Read the collection again from its first page.' },
  );
}
