// The generations that one thread has open, with the statements it has prepared on each.
import { existsSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { FeedError } from '../../base/feed-error.ts';
import type { Statement } from '../../sql/statement.ts';
import { beginStatement } from './functions.ts';
import { openToRead, type ReadFiles } from './open-to-read.ts';
import { RecentMap } from './recent-map.ts';
import type { Cell, Cells } from './thread-messages.ts';
import { sqliteCode } from './sqlite-code.ts';

// The newest, the one before for chains that are still being read, both beside each other, and the moment in which the
// next appears.
const OPEN_GENERATIONS = 4;
// A report refreshes a few dozen queries again and again; a prepared one weighs some 50 KB.
const PREPARED_STATEMENTS = 128;

interface OpenGeneration {
  readonly database: Database.Database;
  readonly prepared: RecentMap<string, Database.Statement<unknown[], Cell[]>>;
}

export interface OpenGenerations {
  /**
   * The first row that a statement yields in the generation of this file, or null. Throws FeedError
   * `request.generation-gone` when a file is no more, and `feed.unavailable` when it cannot be read.
   */
  first(files: ReadFiles, statement: Statement): Cells | null;
}

export function openGenerations(isStopped: () => boolean): OpenGenerations {
  const open = new RecentMap<string, OpenGeneration>(OPEN_GENERATIONS, ({ database }) => database.close());
  return {
    first(files, { text, values }) {
      const { path, earlier } = files;
      try {
        const generation = open.get(`${path}\n${earlier ?? ''}`, () => {
          // While it is open, the disk keeps a file that was removed: someone may have been erased from it.
          open.sweep((key) => key.split('\n').some((each) => each !== '' && !existsSync(each)));
          return openGeneration(files, isStopped);
        });
        const statement = generation.prepared.get(text, () => prepare(generation.database, text));
        beginStatement();
        return statement.get(...values)?.map(narrowed) ?? null;
      } catch (error) {
        throw explained(error, files);
      }
    },
  };
}

function openGeneration(files: ReadFiles, isStopped: () => boolean): OpenGeneration {
  const database = openToRead(files, isStopped);
  return { database, prepared: new RecentMap(PREPARED_STATEMENTS, () => undefined) };
}

// Integers arrive as bigint, since a number would round what lies beyond 2^53.
function prepare(database: Database.Database, text: string): Database.Statement<unknown[], Cell[]> {
  return database.prepare<unknown[], Cell[]>(text).raw().safeIntegers();
}

function narrowed(cell: Cell): Cell {
  if (typeof cell !== 'bigint') return cell;
  const number = Number(cell);
  return Number.isSafeInteger(number) ? number : cell;
}

function explained(error: unknown, { path, earlier }: ReadFiles): unknown {
  if (!existsSync(path) || (earlier !== null && !existsSync(earlier))) {
    return new FeedError(
      'request.generation-gone',
      'The snapshot that this read began on is no longer kept.',
      {
        hint: 'Start again from the first page.',
      },
    );
  }
  // SQLite adds whole numbers exactly or not at all.
  if (error instanceof Error && error.message === 'integer overflow') {
    return new FeedError('request.type-mismatch', 'A sum is beyond what an Int64 holds.', {
      hint: 'Add up fewer rows, or divide each value first: value divby 1024.',
    });
  }
  const code = sqliteCode(error);
  if (code === 'SQLITE_TOOBIG') {
    return new FeedError(
      'limit.too-complex',
      'One row of the answer is larger than the database can write.',
      {
        hint: 'Give what is expanded a $top, or fewer columns by $select.',
      },
    );
  }
  // What the disk does wrong may pass; what our SQL does wrong will not.
  const unreadable = code !== null && /^SQLITE_(CANTOPEN|CORRUPT|NOTADB|IOERR|NOMEM|FULL|BUSY)/.test(code);
  if (!unreadable) return error;
  return new FeedError('feed.unavailable', `The warehouse's file could not be read (${code}).`);
}
