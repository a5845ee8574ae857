// The journal as a small file of its own: it outlives nights that failed, and a generation carries a copy of it.
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { storageOf } from '../../../schema/derive/storage.ts';
import { addDays, type DateKey } from '../../base/date-key.ts';
import type { Journal, RunRecord } from '../stage.ts';
import { growTable } from './grow.ts';
import { scrubRuns } from './people/scrub-runs.ts';
import { copyRuns, hasRuns, readRuns, RUN_ENTITIES, withdrawRuns, writeRun } from './run-tables.ts';
import { isDamage } from './sqlite-code.ts';

export const JOURNAL_FILE = 'journal.sqlite';

/** Each call opens the file anew: it may be put back from a backup while the server runs. */
export function openSqliteJournal(dataDir: string): Journal {
  return {
    recent(limit) {
      const path = join(dataDir, JOURNAL_FILE);
      if (!existsSync(path)) return [];
      // Not read-only: what a crash left half-written is undone by whoever reads first.
      const database = new Database(path, { fileMustExist: true });
      try {
        return hasRuns(database) ? readRuns(database, limit) : [];
      } catch (error) {
        // The next night puts it aside and begins another from what the generations know.
        if (isDamage(error)) return [];
        throw error;
      } finally {
        database.close();
      }
    },
    write(run) {
      inJournal(dataDir, (database) => writeRun(database, run));
    },
  };
}

// What a moment that a later release adds to the tables would be in rows from before it.
const NEVER = '1970-01-01T00:00:00';

export interface Beginning {
  /** The night that begins. */
  readonly dateKey: DateKey;
  /** That of the generation it builds on. */
  readonly last: DateKey | null;
  /** The file being built: a copy of that generation, or that generation itself. */
  readonly building: string;
}

/**
 * Brings the journal up to date before a night: what the generation knows better is taken from it, runs that ended
 * without a word are marked killed, and nights that nobody ran are marked missing. Only for whoever holds the night.
 */
export function settleJournal(dataDir: string, beginning: Beginning): void {
  try {
    settle(dataDir, beginning);
  } catch (error) {
    if (!isDamage(error)) throw error;
    const path = join(dataDir, JOURNAL_FILE);
    renameSync(path, `${path}.damaged`);
    rmSync(`${path}-journal`, { force: true });
    settle(dataDir, beginning);
  }
}

function settle(dataDir: string, { dateKey, last, building }: Beginning): void {
  const attach = (database: Database.Database): unknown => {
    database.prepare('ATTACH ? AS built').run(building);
    // It is only read. Were it to be waited for, SQLite would write a journal for both, which a crash leaves behind.
    return database.pragma('built.synchronous = OFF');
  };
  inJournal(
    dataDir,
    (database) => {
      // Of a run that it carries, a generation is the truth: the rename that published it came before the journal's word.
      if (hasRuns(database, 'built')) {
        const known = 'SELECT 1 FROM main.runs m WHERE m.runId = r.runId AND m.outcome = r.outcome';
        copyRuns(database, { from: 'built', to: 'main', which: `NOT EXISTS (${known})` });
      }
      database
        .prepare(`UPDATE runs SET outcome = 'killed', reason = ? WHERE outcome = 'running'`)
        .run('The process ended before the night did.');
      if (last !== null) tellMissing(database, last, dateKey);
    },
    attach,
  );
}

/** Days between two nights of which the journal knows nothing. */
function tellMissing(database: Database.Database, last: DateKey, dateKey: DateKey): void {
  const known = database.prepare<[number], number>('SELECT count(*) FROM runs WHERE dateKey = ?').pluck();
  for (let day = addDays(last, 1); day < dateKey; day = addDays(day, 1)) {
    if (known.get(day) === 0) writeRun(database, missingNight(day));
  }
}

function missingNight(dateKey: DateKey): RunRecord {
  return {
    run: `missing-${dateKey}`,
    dateKey,
    outcome: 'missing',
    startedAt: null,
    endedAt: null,
    milliseconds: null,
    isComplete: null,
    generation: null,
    reason: 'No run was made on that day, and Microsoft Graph tells only how things are now.',
    steps: [],
    problems: [],
  };
}

/** Copies the runs of a day and later into the file being built, so that they are part of the generation to be. */
export function carryRuns(building: Database.Database, dataDir: string, since: DateKey): void {
  building.prepare('ATTACH ? AS journal').run(join(dataDir, JOURNAL_FILE));
  building.transaction(() => {
    const which = `r.dateKey >= @since AND r.outcome <> 'running'`;
    copyRuns(building, { from: 'journal', to: 'main', which }, { since });
  })();
  building.exec('DETACH journal');
}

/** Marks the runs of generations after one as taken back. */
export function withdrawInJournal(dataDir: string, after: number, reason: string): void {
  inJournal(dataDir, (database) => withdrawRuns(database, after, reason));
}

/** Takes values that were erased out of the journal, and out of pages of the file that are free. */
export function scrubJournal(dataDir: string, values: readonly string[]): void {
  inJournal(dataDir, (database) => scrubRuns(database, values));
  const database = new Database(join(dataDir, JOURNAL_FILE));
  try {
    database.exec('VACUUM');
  } finally {
    database.close();
  }
}

/** All or nothing, and on the disk afterwards. `before` is done outside of the transaction. */
function inJournal(
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
        for (const entity of RUN_ENTITIES) growTable(database, storageOf(entity), NEVER);
        work(database);
      })
      .immediate();
  } finally {
    database.close();
  }
}
