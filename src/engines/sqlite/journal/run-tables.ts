// Runs as rows: the journal and every generation hold them in tables of the same shape.
import type { Database } from 'better-sqlite3';
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import { storageOf } from '../../../../schema/derive/storage.ts';
import { runProblems, runSteps, runs } from '../../../../schema/subjects/runs.ts';
import type { Entity } from '../../../../schema/entity.ts';
import type { DateKey } from '../../../base/date-key.ts';
import type { Completeness } from '../../staging.ts';
import type { MergeStep, RunOutcome, RunProblem, RunRecord } from '../../run-journal.ts';
import { columnList } from '../sql-columns.ts';
import { canonicalInstant } from '../../../base/instant.ts';

/** Runs before what belongs to them. */
export const RUN_ENTITIES: readonly Entity[] = [runs, runSteps, runProblems];

/** Whether the database has the tables: a model of a test may do without them, a new file has none yet. */
export function hasRunTables(database: Database, schema = 'main'): boolean {
  const found = database
    .prepare<[string], number>(`SELECT count(*) FROM ${schema}.sqlite_schema WHERE name = ?`)
    .pluck()
    .get(storageOf(runs).table);
  return found === 1;
}

/** Replaces what was told of the run before. To be called in a transaction. */
export function writeRun(database: Database, run: RunRecord): void {
  for (const { name } of RUN_ENTITIES) {
    database.prepare(`DELETE FROM ${quoteIdentifier(name)} WHERE runId = ?`).run(run.runId);
  }
  insert(database, runs, {
    runId: run.runId,
    dateKey: run.dateKey,
    outcome: run.outcome,
    startedDateTimeUTC: run.startedAt && canonicalInstant(run.startedAt),
    endedDateTimeUTC: run.endedAt && canonicalInstant(run.endedAt),
    durationInMilliseconds: run.milliseconds === null ? null : Math.round(run.milliseconds),
    isComplete: run.isComplete === null ? null : Number(run.isComplete),
    generation: run.generation,
    reason: run.reason,
  });
  for (const step of run.steps) {
    insert(database, runSteps, {
      runId: run.runId,
      collection: step.entity,
      completeness: step.completeness,
      rowsSeen: step.seen,
      rowsInserted: step.inserted,
      rowsChanged: step.changed,
      rowsDeleted: step.deleted,
      rowsOrphaned: step.orphans,
      rowsTrimmed: step.trimmed,
      mergeInMilliseconds: Math.round(step.milliseconds),
    });
  }
  for (const [position, problem] of run.problems.entries()) {
    insert(database, runProblems, { runId: run.runId, position, ...problem });
  }
}

type RowOf<Own extends Entity> = Readonly<Record<keyof Own['properties'] & string, string | number | null>>;

function insert<Own extends Entity>(database: Database, { name }: Own, row: RowOf<Own>): void {
  const names = Object.keys(row);
  const values = names.map((each) => `@${each}`).join(', ');
  database.prepare(`INSERT INTO ${quoteIdentifier(name)} (${columnList(names)}) VALUES (${values})`).run(row);
}

interface StoredRun {
  readonly runId: string;
  readonly dateKey: DateKey;
  readonly outcome: RunOutcome;
  readonly startedDateTimeUTC: string | null;
  readonly endedDateTimeUTC: string | null;
  readonly durationInMilliseconds: number | null;
  readonly isComplete: number | null;
  readonly generation: number | null;
  readonly reason: string | null;
}

// A missing night stands where it would have begun.
const STARTED_AT_SQL = `ifnull(startedDateTimeUTC, printf('%04d-%02d-%02d', dateKey / 10000, dateKey / 100 % 100, dateKey % 100))`;

/** The latest first; those of one outcome where that is said. */
export function readRuns(database: Database, limit: number, outcome?: RunOutcome): readonly RunRecord[] {
  const found = database
    .prepare<{ limit: number; outcome: string | null }, StoredRun>(
      `SELECT * FROM runs WHERE @outcome IS NULL OR outcome = @outcome
       ORDER BY ${STARTED_AT_SQL} DESC, endedDateTimeUTC DESC LIMIT @limit`,
    )
    .all({ limit, outcome: outcome ?? null });
  const steps = database.prepare<[string], MergeStep & { completeness: Completeness }>(
    `SELECT collection AS entity, completeness, rowsSeen AS seen, rowsInserted AS inserted, rowsChanged AS changed,
       rowsDeleted AS deleted, rowsOrphaned AS orphans, rowsTrimmed AS trimmed,
       mergeInMilliseconds AS milliseconds
     FROM runSteps WHERE runId = ? ORDER BY collection`,
  );
  const problems = database.prepare<[string], RunProblem>(
    'SELECT source, message FROM runProblems WHERE runId = ? ORDER BY position',
  );
  return found.map((run) => ({
    runId: run.runId,
    dateKey: run.dateKey,
    outcome: run.outcome,
    startedAt: parseStoredInstant(run.startedDateTimeUTC),
    endedAt: parseStoredInstant(run.endedDateTimeUTC),
    milliseconds: run.durationInMilliseconds,
    isComplete: run.isComplete === null ? null : run.isComplete === 1,
    generation: run.generation,
    reason: run.reason,
    steps: steps.all(run.runId),
    problems: problems.all(run.runId),
  }));
}

function parseStoredInstant(text: string | null): Date | null {
  return text === null ? null : new Date(`${text}Z`);
}

/**
 * Copies runs from one attached database into another, over what that knew of them. `which` is a condition on runs of
 * the source, as `r`. To be called in a transaction.
 */
export function copyRuns(
  database: Database,
  { from, to, which: condition }: { readonly from: string; readonly to: string; readonly which: string },
  values: Readonly<Record<string, number>> = {},
): void {
  database.exec('CREATE TEMP TABLE chosenRuns (runId TEXT PRIMARY KEY) STRICT');
  database
    .prepare(`INSERT INTO chosenRuns SELECT r.runId FROM ${from}.runs r WHERE ${condition}`)
    .run(values);
  for (const { name, properties } of RUN_ENTITIES) {
    const names = columnList(Object.keys(properties));
    const table = quoteIdentifier(name);
    database.exec(
      `DELETE FROM ${to}.${table} WHERE runId IN (SELECT runId FROM chosenRuns);
       INSERT INTO ${to}.${table} (${names}) SELECT ${names} FROM ${from}.${table}
         WHERE runId IN (SELECT runId FROM chosenRuns)`,
    );
  }
  database.exec('DROP TABLE chosenRuns');
}

/** Marks what was published after a generation as taken back. */
export function markRunsReverted(database: Database, after: number, reason: string): void {
  database
    .prepare(
      `UPDATE runs SET outcome = 'withdrawn', reason = ?
       WHERE generation > ? AND outcome IN ('published', 'accepted', 'rollback')`,
    )
    .run(reason, after);
}
