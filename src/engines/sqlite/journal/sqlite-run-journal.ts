// The run journal in a small file of its own: it outlives failed runs, and every generation has a copy of it.
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { storageOf } from '../../../../schema/derive/storage.ts';
import { addDays, type DateKey } from '../../../base/date-key.ts';
import type { RunJournal, RunRecord } from '../../run-journal.ts';
import { newRunRecord } from '../../new-run-record.ts';
import {
  isEndedRunSince,
  isUnknownRun,
  renderCountRunsOfDay,
  renderMarkRunsKilled,
  RUN_ENTITIES,
  type RunTables,
} from '../../../sql/build/run-history.ts';
import { identifier, sql, value, type Fragment } from '../../../sql/fragment.ts';
import { migrateTable } from '../build/migrate-schema.ts';
import { execute, prepareForRows } from '../execute-sql.ts';
import { redactRuns } from '../privacy/redact-runs.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';
import { copyRuns, hasRunTables, readRuns, markRunsReverted, writeRun } from './run-tables.ts';
import { isCorruption } from '../sqlite-errors.ts';

export const JOURNAL_FILE = 'journal.sqlite';

/** Each call opens the file again: it may be replaced by a backup while the server runs. */
export function openSqliteRunJournal(dataDir: string): RunJournal {
  return {
    recent(limit) {
      const path = join(dataDir, JOURNAL_FILE);
      if (!existsSync(path)) return [];
      // Not read-only: the first reader after a crash undoes what was half-written.
      const database = new Database(path, { fileMustExist: true });
      try {
        return hasRunTables(database) ? readRuns(database, limit) : [];
      } catch (error) {
        // The next run puts it aside and begins another from the runs in the generations.
        if (isCorruption(error)) return [];
        throw error;
      } finally {
        database.close();
      }
    },
    write(run) {
      withJournal(dataDir, (database) => writeRun(database, run));
    },
  };
}

// The value of an instant that a later release adds to the tables, in rows from before it.
const EPOCH = '1970-01-01T00:00:00';

export interface JournalBase {
  /** The snapshot day of the run that begins. */
  readonly dateKey: DateKey;
  /** That of the generation it is based on. */
  readonly baseDateKey: DateKey | null;
  /** The file being built: a copy of that generation, or that generation itself. */
  readonly buildFile: string;
}

/**
 * Brings the journal up to date before a run: copies what the generation knows better, marks runs that ended without a
 * word as killed, and records days without a run as missing. The caller must hold the build lock.
 */
export function reconcileJournal(dataDir: string, base: JournalBase): void {
  try {
    reconcile(dataDir, base);
  } catch (error) {
    if (!isCorruption(error)) throw error;
    const path = join(dataDir, JOURNAL_FILE);
    renameSync(path, `${path}.damaged`);
    rmSync(`${path}-journal`, { force: true });
    reconcile(dataDir, base);
  }
}

const BUILD_SCHEMA = identifier('build');
const JOURNAL_SCHEMA = identifier('journal');

/** The tables of an attached file. */
function tablesIn(schema: Fragment): RunTables {
  return (name) => sql`${schema}.${identifier(name)}`;
}

const MAIN_TABLES = tablesIn(identifier('main'));

function reconcile(dataDir: string, { dateKey, baseDateKey, buildFile }: JournalBase): void {
  const attach = (database: Database.Database): void => {
    execute(database, sql`ATTACH ${value(buildFile)} AS ${BUILD_SCHEMA}`);
    // It is only read. Were SQLite to wait for it, it would write a journal for both files, which a crash leaves behind.
    execute(database, sql`PRAGMA ${BUILD_SCHEMA}.synchronous = OFF`);
  };
  withJournal(
    dataDir,
    (database) => {
      // A generation knows the outcome of its runs better: it was published before the journal was written.
      if (hasRunTables(database, 'build')) {
        copyRuns(database, {
          from: tablesIn(BUILD_SCHEMA),
          to: MAIN_TABLES,
          condition: isUnknownRun(MAIN_TABLES),
        });
      }
      execute(database, renderMarkRunsKilled(SQLITE_BUILD_DIALECT, 'The process ended before the run did.'));
      if (baseDateKey !== null) recordMissingDays(database, baseDateKey, dateKey);
    },
    attach,
  );
}

/** Of the days between two runs of which the journal has nothing. */
function recordMissingDays(database: Database.Database, baseDateKey: DateKey, dateKey: DateKey): void {
  const runsOf = prepareForRows<number>(database, renderCountRunsOfDay(SQLITE_BUILD_DIALECT)).pluck();
  for (let day = addDays(baseDateKey, 1); day < dateKey; day = addDays(day, 1)) {
    if (runsOf.get([day]) === 0) writeRun(database, missingRunRecord(day));
  }
}

function missingRunRecord(dateKey: DateKey): RunRecord {
  return newRunRecord({
    runId: `missing-${dateKey}`,
    dateKey,
    outcome: 'missing',
    reason: 'No run was made on that day, and Microsoft Graph tells only how things are now.',
  });
}

/** Copies the runs of a day and later into the file being built, so that they are part of its generation. */
export function copyRunHistory(buildDatabase: Database.Database, dataDir: string, since: DateKey): void {
  execute(buildDatabase, sql`ATTACH ${value(join(dataDir, JOURNAL_FILE))} AS ${JOURNAL_SCHEMA}`);
  buildDatabase.transaction(() => {
    const from = tablesIn(JOURNAL_SCHEMA);
    copyRuns(buildDatabase, { from, to: MAIN_TABLES, condition: isEndedRunSince(since) });
  })();
  execute(buildDatabase, sql`DETACH ${JOURNAL_SCHEMA}`);
}

/** Marks the runs of generations after one as reverted. */
export function markRevertedInJournal(dataDir: string, after: number, reason: string): void {
  withJournal(dataDir, (database) => markRunsReverted(database, after, reason));
}

/** Redacts erased values in the journal, also in free pages of the file. */
export function redactJournal(dataDir: string, values: readonly string[]): void {
  withJournal(dataDir, (database) => redactRuns(database, values));
  const database = new Database(join(dataDir, JOURNAL_FILE));
  try {
    execute(database, sql`VACUUM`);
  } finally {
    database.close();
  }
}

/** All or nothing, and on the disk afterwards. `before` runs outside of the transaction. */
function withJournal(
  dataDir: string,
  work: (database: Database.Database) => void,
  before: (database: Database.Database) => void = () => undefined,
): void {
  const database = new Database(join(dataDir, JOURNAL_FILE));
  try {
    execute(database, sql`PRAGMA journal_mode = DELETE`);
    execute(database, sql`PRAGMA synchronous = FULL`);
    before(database);
    database
      .transaction(() => {
        for (const entity of RUN_ENTITIES) migrateTable(database, storageOf(entity), EPOCH);
        work(database);
      })
      .immediate();
  } finally {
    database.close();
  }
}
