// The generations that one thread has open, with the statements prepared on each.
import { existsSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { FeedError } from '../../../base/feed-error.ts';
import type { Statement } from '../../../sql/statement.ts';
import { resetStatementCounters, type StatementGuards } from './register-functions.ts';
import { openReadConnection, type ReadFiles } from './open-read-connection.ts';
import { LruMap } from '../../../base/lru-map.ts';
import type { SqliteValue, SqliteRow } from './worker-messages.ts';
import { sqliteErrorCode } from '../sqlite-errors.ts';

// The newest, the one before for clients that still page through it, both attached to each other, and a new one.
const MAX_CONNECTIONS = 4;
// A report repeats a few dozen queries; a prepared statement takes some 50 KB.
const MAX_STATEMENTS = 128;

interface CachedConnection {
  readonly database: Database.Database;
  readonly statements: LruMap<string, Database.Statement<unknown[], SqliteValue[]>>;
}

export interface ConnectionCache {
  /**
   * The first row that a statement returns from the generation of this file, or null. Throws FeedError
   * `request.generation-gone` when a file was removed, and `feed.unavailable` when it cannot be read.
   */
  readFirstRow(files: ReadFiles, statement: Statement): SqliteRow | null;
}

export function createConnectionCache(guards: StatementGuards): ConnectionCache {
  const connections = new LruMap<string, CachedConnection>(MAX_CONNECTIONS, {
    onEvict: ({ database }) => database.close(),
  });
  return {
    readFirstRow(files, { text, values }) {
      const { path, earlier } = files;
      try {
        const generation = connections.getOrCreate(`${path}\n${earlier ?? ''}`, () => {
          // An open connection would keep a removed file on the disk, and personal data that was erased from the warehouse.
          connections.evictWhere((key) => key.split('\n').some((each) => each !== '' && !existsSync(each)));
          return openConnection(files, guards);
        });
        const statement = generation.statements.getOrCreate(text, () => prepare(generation.database, text));
        resetStatementCounters();
        return statement.get(...values)?.map(toNumberIfSafe) ?? null;
      } catch (error) {
        throw toFeedError(error, files);
      }
    },
  };
}

function openConnection(files: ReadFiles, guards: StatementGuards): CachedConnection {
  const database = openReadConnection(files, guards);
  return { database, statements: new LruMap(MAX_STATEMENTS) };
}

// Integers are read as bigint, since a number would round values beyond 2^53.
function prepare(database: Database.Database, text: string): Database.Statement<unknown[], SqliteValue[]> {
  return database.prepare<unknown[], SqliteValue[]>(text).raw().safeIntegers();
}

function toNumberIfSafe(cell: SqliteValue): SqliteValue {
  if (typeof cell !== 'bigint') return cell;
  const number = Number(cell);
  return Number.isSafeInteger(number) ? number : cell;
}

function toFeedError(error: unknown, { path, earlier }: ReadFiles): unknown {
  if (!existsSync(path) || (earlier !== null && !existsSync(earlier))) {
    return new FeedError(
      'request.generation-gone',
      'The generation that this read began on is no longer kept.',
      {
        hint: 'Start again from the first page.',
      },
    );
  }
  // SQLite's sum() of integers throws where the result does not fit 64 bits.
  if (error instanceof Error && error.message === 'integer overflow') {
    return new FeedError('request.type-mismatch', 'A sum is beyond what an Int64 holds.', {
      hint: 'Add up fewer rows, or divide each value first: value divby 1024.',
    });
  }
  const code = sqliteErrorCode(error);
  if (code === 'SQLITE_TOOBIG') {
    return new FeedError(
      'limit.too-complex',
      'One row of the answer is larger than the database can write.',
      {
        hint: 'Give what is expanded a $top, or fewer columns by $select.',
      },
    );
  }
  // Errors of the disk may pass; errors in our SQL will not.
  const isUnreadable = code !== null && /^SQLITE_(CANTOPEN|CORRUPT|NOTADB|IOERR|NOMEM|FULL|BUSY)/.test(code);
  if (!isUnreadable) return error;
  return new FeedError('feed.unavailable', `The file of the warehouse could not be read (${code}).`);
}
