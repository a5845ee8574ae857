// The journal as a small file of its own: it outlives nights that failed, and a generation carries a copy of it.
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { storageOf } from '../../../../schema/derive/storage.ts';
import { addDays, type DateKey } from '../../../base/date-key.ts';
import type { RunJournal, RunRecord } from '../../run-journal.ts';
import { newRunRecord } from '../../new-run-record.ts';
import { migrateTable } from '../build/migrate-schema.ts';
import { redactRuns } from '../privacy/redact-runs.ts';
import { copyRuns, hasRunTables, readRuns, RUN_ENTITIES, markRunsReverted, writeRun } from './run-tables.ts';
import { isCorruption } from '../sqlite-errors.ts';

export const JOURNAL_FILE = 'journal.sqlite';

/** Each call opens the file anew: it may be put back from a backup while the server runs. */
export function openSqliteRunJournal(dataDir: string): RunJournal {
  return {
    recent(limit) {
      const path = join(dataDir, JOURNAL_FILE);
      if (!existsSync(path)) return [];
      // Not read-only: what a crash left half-written is undone by whoever reads first.
      const database = new Database(path, { fileMustExist: true });
      try {
        return hasRunTables(database) ? readRuns(database, limit) : [];
      } catch (error) {
        // The next night puts it aside and begins another from what the generations know.
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

// What a moment that a later release adds to the tables would be in rows from before it.
const EPOCH = '1970-01-01T00:00:00';

export interface JournalBase {
  /** The night that begins. */
  readonly dateKey: DateKey;
  /** That of the generation it builds on. */
  readonly baseDateKey: DateKey | null;
  /** The file being built: a copy of that generation, or that generation itself. */
  readonly buildFile: string;
}

/**
 * Brings the journal up to date before a night: what the generation knows better is taken from it, runs that ended
 * without a word are marked killed, and nights that nobody ran are marked missing. Only for whoever holds the night.
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

function reconcile(dataDir: string, { dateKey, baseDateKey, buildFile }: JournalBase): void {
  const attach = (database: Database.Database): unknown => {
    database.prepare('ATTACH ? AS built').run(buildFile);
    // It is only read. Were it to be waited for, SQLite would write a journal for both, which a crash leaves behind.
    return database.pragma('built.synchronous = OFF');
  };
  withJournal(
    dataDir,
    (database) => {
      // Of a run that it carries, a generation is the truth: the rename that published it came before the journal's word.
      if (hasRunTables(database, 'built')) {
        const known = 'SELECT 1 FROM main.runs m WHERE m.runId = r.runId AND m.outcome = r.outcome';
        copyRuns(database, { from: 'built', to: 'main', which: `NOT EXISTS (${known})` });
      }
      database
        .prepare(`UPDATE runs SET outcome = 'killed', reason = ? WHERE outcome = 'running'`)
        .run('The process ended before the night did.');
      if (baseDateKey !== null) recordMissingDays(database, baseDateKey, dateKey);
    },
    attach,
  );
}

/** Days between two nights of which the journal knows nothing. */
function recordMissingDays(database: Database.Database, baseDateKey: DateKey, dateKey: DateKey): void {
  const known = database.prepare<[number], number>('SELECT count(*) FROM runs WHERE dateKey = ?').pluck();
  for (let day = addDays(baseDateKey, 1); day < dateKey; day = addDays(day, 1)) {
    if (known.get(day) === 0) writeRun(database, missingRunRecord(day));
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

/** Copies the runs of a day and later into the file being built, so that they are part of the generation to be. */
export function copyRunHistory(building: Database.Database, dataDir: string, since: DateKey): void {
  building.prepare('ATTACH ? AS journal').run(join(dataDir, JOURNAL_FILE));
  building.transaction(() => {
    const condition = `r.dateKey >= @since AND r.outcome <> 'running'`;
    copyRuns(building, { from: 'journal', to: 'main', which: condition }, { since });
  })();
  building.exec('DETACH journal');
}

/** Marks the runs of generations after one as taken back. */
export function markRevertedInJournal(dataDir: string, after: number, reason: string): void {
  withJournal(dataDir, (database) => markRunsReverted(database, after, reason));
}

/** Takes values that were erased out of the journal, and out of pages of the file that are free. */
export function redactJournal(dataDir: string, values: readonly string[]): void {
  withJournal(dataDir, (database) => redactRuns(database, values));
  const database = new Database(join(dataDir, JOURNAL_FILE));
  try {
    database.exec('VACUUM');
  } finally {
    database.close();
  }
}

/** All or nothing, and on the disk afterwards. `before` is done outside of the transaction. */
function withJournal(
  dataDir: string,
  work: (database: Database.Database) => void,
  before: (database: Database.Database) => unknown = () => undefined,
): void {
  const database = new Database(join(dataDir, JOURNAL_FILE));
  try {
    database.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL');
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
