// Opens a read-only connection to one generation, or to two for comparison.
import Database from 'better-sqlite3';
import { FeedError } from '../../../base/feed-error.ts';
import { identifier, sql, value } from '../../../sql/fragment.ts';
import { execute, readNumber } from '../execute-sql.ts';
import { EARLIER_SCHEMA } from './earlier-schema.ts';
import { registerFunctions, type StatementGuards } from './register-functions.ts';

export interface ReadFiles {
  readonly path: string;
  /** The file of the earlier generation to compare with; null for most reads. */
  readonly earlier: string | null;
}

/**
 * Throws FeedError `request.generation-gone` when the earlier generation is of another model: whether a value of a new
 * column has changed is unknown.
 */
export function openReadConnection({ path, earlier }: ReadFiles, guards: StatementGuards): Database.Database {
  const database = new Database(path, { readonly: true, fileMustExist: true });
  try {
    if (earlier !== null) attachEarlier(database, earlier);
    // Nothing else: neither mmap nor a larger cache was faster, and a mapped file that is cut short kills the process.
    execute(database, sql`PRAGMA query_only = ON`);
    registerFunctions(database, guards);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function attachEarlier(database: Database.Database, earlier: string): void {
  execute(database, sql`ATTACH ${value(earlier)} AS ${identifier(EARLIER_SCHEMA)}`);
  const [fingerprint, earlierFingerprint] = ['main', EARLIER_SCHEMA].map((schema) =>
    readNumber(database, sql`PRAGMA ${identifier(schema)}.user_version`),
  );
  if (fingerprint === earlierFingerprint) return;
  throw new FeedError(
    'request.generation-gone',
    'The generation to compare with was made by another release, with other columns.',
    { hint: 'Read the collection again from its first page.' },
  );
}
