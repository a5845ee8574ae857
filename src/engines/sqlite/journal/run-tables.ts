// Runs as rows, see sql/build/run-history.ts: the journal and every generation have them in tables of the same shape.
import type { Database } from 'better-sqlite3';
import { storageOf } from '../../../../schema/derive/storage.ts';
import type { Entity } from '../../../../schema/entity.ts';
import { runProblems, runSteps, runs } from '../../../../schema/subjects/runs.ts';
import type { DateKey } from '../../../base/date-key.ts';
import {
  renderCopyRuns,
  renderInsertRow,
  renderMarkRunsReverted,
  renderProblemsOfRun,
  renderRecentRuns,
  renderRemoveRun,
  renderStepsOfRun,
  type RunCopy,
} from '../../../sql/build/run-history.ts';
import type { Completeness } from '../../staging.ts';
import type { MergeStep, RunOutcome, RunProblem, RunRecord } from '../../run-journal.ts';
import { canonicalInstant } from '../../../base/instant.ts';
import { execute, executeAll, prepareForRows, readRows } from '../execute-sql.ts';
import { hasTable } from '../has-table.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';

/** Whether the database has the tables: a model of a test may do without them, a new file has none yet. */
export function hasRunTables(database: Database, schema = 'main'): boolean {
  return hasTable(database, storageOf(runs).table, schema);
}

/** Replaces an earlier record of the run. To be called in a transaction. */
export function writeRun(database: Database, run: RunRecord): void {
  executeAll(database, renderRemoveRun(SQLITE_BUILD_DIALECT, run.runId));
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

function insert<Own extends Entity>(database: Database, entity: Own, row: RowOf<Own>): void {
  const names = Object.keys(row);
  const statement = prepareForRows(database, renderInsertRow(SQLITE_BUILD_DIALECT, entity, names));
  statement.run(names.map((name) => row[name] ?? null));
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

/** The latest first; those of one outcome where it is given. */
export function readRuns(database: Database, limit: number, outcome?: RunOutcome): readonly RunRecord[] {
  const found = readRows<StoredRun>(database, renderRecentRuns(SQLITE_BUILD_DIALECT, limit, outcome ?? null));
  const steps = prepareForRows<MergeStep & { completeness: Completeness }>(
    database,
    renderStepsOfRun(SQLITE_BUILD_DIALECT),
  );
  const problems = prepareForRows<RunProblem>(database, renderProblemsOfRun(SQLITE_BUILD_DIALECT));
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
    steps: steps.all([run.runId]),
    problems: problems.all([run.runId]),
  }));
}

function parseStoredInstant(text: string | null): Date | null {
  return text === null ? null : new Date(`${text}Z`);
}

/** To be called in a transaction. */
export function copyRuns(database: Database, copy: RunCopy): void {
  executeAll(database, renderCopyRuns(SQLITE_BUILD_DIALECT, copy));
}

/** Marks the runs of generations after one as reverted. */
export function markRunsReverted(database: Database, after: number, reason: string): void {
  execute(database, renderMarkRunsReverted(SQLITE_BUILD_DIALECT, after, reason));
}
