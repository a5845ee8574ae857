// The file in which a night is built, from a copy of what it builds on to a published generation or nothing.
import { constants, copyFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Model } from '../../../../schema/model.ts';
import type { DateKey } from '../../../base/date-key.ts';
import type { RunRecord } from '../../run-journal.ts';
import type { GenerationBuild } from '../../generation-build.ts';
import { compactFile } from './compact-file.ts';
import { fsyncPath } from '../fsync-path.ts';
import {
  BUILD_FILE,
  generationFileName,
  listGenerationFiles,
  listQuarantinedFiles,
  quarantinedFileName,
  type StoredGeneration,
} from '../generations/generation-files.ts';
import { migrateSchema } from './migrate-schema.ts';
import { buildParameters, type BuildContext } from './build-context.ts';
import { ingestAuditLog } from './ingest-audit-log.ts';
import { seedReferenceData } from './seed-reference-data.ts';
import { hasRunTables, writeRun } from '../journal/run-tables.ts';
import { findResurrected } from '../privacy/erase-people.ts';
import { redactAuditLog } from '../privacy/redact-audit-log.ts';
import { redactRuns } from '../privacy/redact-runs.ts';
import {
  copyRunHistory,
  openSqliteRunJournal,
  redactJournal,
  reconcileJournal,
} from '../journal/sqlite-run-journal.ts';
import { openSqliteGenerationBuild } from './sqlite-generation-build.ts';
import { carryOverFromReverted, type RevertedGeneration } from '../generations/carry-over-from-reverted.ts';

// An erasure before so many runs is before every file that is kept.
const ERASURE_LOOKBACK_RUNS = 100;

/** Where is built. */
export interface BuildFolder {
  readonly dataDir: string;
  readonly model: Model;
  /** Published files to keep. */
  readonly keepGenerations: number;
}

/** What is built on. */
export interface BuildBase {
  readonly dateKey: DateKey;
  readonly now: Date;
  /** The generation that the night follows; null for the first. */
  readonly base: StoredGeneration | null;
  /** The file to begin with; null for an empty one. */
  readonly copyFrom: string | null;
  /** The generation that is served until then, where this goes back behind it. */
  readonly reverted?: RevertedGeneration | undefined;
  /** A number that was given elsewhere, and is not to be given again. */
  readonly afterId?: number;
}

/** A night under way: how it ends, and the database itself for what is more than a night. */
export interface OpenBuild {
  readonly generationBuild: GenerationBuild;
  readonly context: BuildContext;
}

/** Only for whoever holds the night; `release` is called when the stage has ended. */
export function openBuild(
  folder: BuildFolder,
  buildBase: BuildBase,
  releaseLock: () => void,
): GenerationBuild {
  return openBuildWithContext(folder, buildBase, releaseLock).generationBuild;
}

/** The same, for whoever fills it with more than a night brings. */
export function openBuildWithContext(
  folder: BuildFolder,
  buildBase: BuildBase,
  releaseLock: () => void,
): OpenBuild {
  const { dataDir, model } = folder;
  const { dateKey, now, base, copyFrom, reverted, afterId = 0 } = buildBase;
  const buildFile = join(dataDir, BUILD_FILE);
  const stagingPath = `${buildFile}-harvested`;
  // What is there is of a run that was killed.
  const removeBuildFiles = (): void =>
    [buildFile, `${buildFile}-journal`, `${buildFile}-compact`, stagingPath].forEach((path) =>
      rmSync(path, { recursive: true, force: true }),
    );
  removeBuildFiles();
  try {
    if (copyFrom !== null) copyFileSync(copyFrom, buildFile, constants.COPYFILE_FICLONE);
  } catch (error) {
    // The half of a copy would keep a full disk full.
    removeBuildFiles();
    throw error;
  }

  const writeToJournal = (run: RunRecord | undefined): void => {
    if (run) openSqliteRunJournal(dataDir).write(run);
  };
  // Damaged newest files are passed over, but their numbers are not given again.
  const id = Math.max(afterId, ...listGenerationFiles(dataDir).map((file) => file.id)) + 1;
  const database = new Database(buildFile);
  try {
    // A crash throws the file away, so nothing waits for the disk before the night is published. Its journal is a file
    // all the same: in memory it would hold every page that a merge changes. And the usual cache will do: four times as
    // much made no merge of 150,000 devices faster (2026-11), since what falls out of it stays with the system.
    database.exec('PRAGMA synchronous = OFF');
    const parameters = buildParameters(dateKey, notBeforeBase(base, now));
    const context: BuildContext = { database, model, parameters, isRerun: base?.dateKey === dateKey };
    database.transaction(() => {
      migrateSchema(context);
      seedReferenceData(context);
    })();
    if (reverted) carryOverFromReverted(context, reverted);
    reconcileJournal(dataDir, { dateKey, baseDateKey: base?.dateKey ?? null, buildFile });
    const generationBuild = openSqliteGenerationBuild(
      context,
      { id, stagingPath },
      {
        writeRunHistory: (run) => writeRunHistory(context, dataDir, base, run),
        redact(values) {
          database.transaction(() => redactRuns(database, values))();
          redactAuditLog(database, dataDir, values);
          redactJournal(dataDir, values);
        },
        publish(run) {
          compactFile(buildFile);
          fsyncPath(buildFile);
          renameSync(buildFile, join(dataDir, generationFileName(id, dateKey)));
          ignoreErrors(() => fsyncPath(dataDir));
          ignoreErrors(() => writeToJournal(run));
          ignoreErrors(() => removeOldFiles(folder, run));
          releaseLock();
        },
        quarantine(run) {
          fsyncPath(buildFile);
          for (const { path } of listQuarantinedFiles(dataDir)) rmSync(path, { force: true });
          renameSync(buildFile, join(dataDir, quarantinedFileName(dateKey)));
          ignoreErrors(() => fsyncPath(dataDir));
          writeToJournal(run);
          releaseLock();
        },
        discard(run) {
          removeBuildFiles();
          ignoreErrors(() => writeToJournal(run));
          releaseLock();
        },
      },
    );
    if (reverted) generationBuild.erasure.erase(findResurrected(context), { at: reverted.at, forGood: true });
    return { generationBuild, context };
  } catch (error) {
    database.close();
    removeBuildFiles();
    throw error;
  }
}

/** Moments only rise, also where the clock went back within a day: who loads what is new since the last must meet it. */
function notBeforeBase(base: StoredGeneration | null, now: Date): Date {
  const basePublishedAt = new Date(base?.publishedAt ?? 0);
  return basePublishedAt > now ? basePublishedAt : now;
}

/** What was read since the night it builds on, the runs since, and the run of this one: part of the generation to be. */
function writeRunHistory(
  { database, parameters }: BuildContext,
  dataDir: string,
  base: StoredGeneration | null,
  run: RunRecord | undefined,
): void {
  ingestAuditLog(database, dataDir, parameters.day);
  if (!hasRunTables(database)) return;
  copyRunHistory(database, dataDir, base?.dateKey ?? 0);
  if (run) database.transaction(() => writeRun(database, run))();
}

/** Removes generations that are no longer kept, and what was refused once a night is good. */
function removeOldFiles({ dataDir, keepGenerations }: BuildFolder, run: RunRecord | undefined): void {
  const replacesQuarantined =
    run?.outcome === 'published' || run?.outcome === 'accepted' || run?.outcome === 'erasure';
  const lastErasureId = findLastErasure(dataDir);
  const expired = listGenerationFiles(dataDir).filter(
    ({ id }, place) => place >= keepGenerations || id < lastErasureId,
  );
  for (const { path } of [...expired, ...(replacesQuarantined ? listQuarantinedFiles(dataDir) : [])])
    rmSync(path, { force: true });
}

/** Number of the last generation that someone was taken out of: were the process killed then, earlier ones would hold them. */
function findLastErasure(dataDir: string): number {
  const recent = openSqliteRunJournal(dataDir).recent(ERASURE_LOOKBACK_RUNS);
  return recent.find(({ outcome }) => outcome === 'erasure')?.generation ?? 0;
}

/** For what comes after the decisive step: where it fails, the next night makes up for it. */
function ignoreErrors(work: () => void): void {
  try {
    work();
  } catch {
    // A full disk, a file that another program holds, a system that knows no flush of directories.
  }
}
