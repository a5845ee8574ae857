// The warehouse as files: each generation is built beside the published ones, and a rename publishes it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Model } from '../../../schema/model.ts';
import type { DateKey } from '../../base/date-key.ts';
import { FeedError } from '../../base/feed-error.ts';
import type { Generation } from '../engine.ts';
import type { RunRecord } from '../run-journal.ts';
import type { GenerationBuild } from '../generation-build.ts';
import type { Warehouse } from '../warehouse.ts';
import { acquireBuildLock, type BuildLock } from './build/build-lock.ts';
import { openBuild, type BuildBase } from './build/open-build.ts';
import type { BuildFolder } from './build/sqlite-generation-build.ts';
import {
  findFileDamage,
  generationFileName,
  listGenerationFiles,
  listGenerations,
  type StoredGeneration,
} from './generations/generation-files.ts';
import { importTables, type ImportSource } from './transfer/import-tables.ts';
import { readFingerprint, schemaFingerprint } from './generations/schema-fingerprint.ts';
import { erasureRunRecord, assertNoEarlierFiles } from './privacy/erasure-run-record.ts';
import { releasedRunRecord, brokenBuildError, findQuarantinedRun } from './generations/quarantined-run.ts';
import { feedEmpty } from '../../base/feed-empty.ts';
import { findBackup, restoreRunRecord, type RestoreOptions } from './transfer/restore.ts';
import { findRollbackTarget, rollbackRunRecord } from './generations/find-rollback-target.ts';
import {
  openSqliteRunJournal,
  reconcileJournal,
  markRevertedInJournal,
} from './journal/sqlite-run-journal.ts';
import { verifyGeneration } from './verify/verify-generation.ts';

export interface SqliteWarehouseOptions {
  /** Created when it does not exist. */
  readonly dataDir: string;
  readonly model: Model;
  /** Published files to keep, at least 2: clients that began to page before midnight still read the one before the newest. */
  readonly keepGenerations?: number;
}

/** What only a warehouse of files can do. */
export interface SqliteWarehouse extends Warehouse {
  /**
   * Serves a backup, as a generation with a new number; the next run builds on it. Throws `feed.unavailable` where the
   * file is damaged, `setup.bad-setting` where it would replace newer days; and like `beginBuild`.
   */
  restore(options: RestoreOptions, now: Date): Generation;
  /**
   * Fills an empty warehouse with what was exported from another, and publishes it under the same number. Throws
   * `setup.bad-setting` where the warehouse is not empty, `feed.night-refused` where the imported tables are broken; and
   * like `beginBuild`.
   */
  importTables(source: ImportSource): Promise<Generation>;
}

export function openSqliteWarehouse({
  dataDir,
  model,
  keepGenerations = 3,
}: SqliteWarehouseOptions): SqliteWarehouse {
  // It will hold personal data: other accounts of the machine must not read it.
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const folder: BuildFolder = { dataDir, model, keepGenerations: Math.max(2, keepGenerations) };

  /** What `work` reads of the folder cannot change. The build that it opens releases the lock when it ends. */
  const withBuildLock = <Result>(work: (lock: BuildLock) => Result): Result => {
    const lock = acquireBuildLock(dataDir);
    try {
      return work(lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  };
  const beginBuild: Warehouse['beginBuild'] = (dateKey, now) =>
    withBuildLock((lock) => {
      const { base, damaged } = findBaseGeneration(dataDir);
      if (base && dateKey < base.dateKey) throw olderDayError(dateKey, base.dateKey);
      const reverted = damaged && { path: damaged.path, at: now };
      const build = openBuild(folder, { dateKey, now, base, copyFrom: base?.path ?? null, reverted }, lock);
      if (damaged) markRevertedInJournal(dataDir, base?.id ?? 0, skippedDamageReason(damaged, base));
      return build;
    });
  return {
    journal: openSqliteRunJournal(dataDir),
    beginBuild,
    current() {
      const [newest] = listGenerations(dataDir);
      return newest ? { id: newest.id, dateKey: newest.dateKey, publishedAt: newest.publishedAt } : null;
    },
    migrateToModel() {
      const [newest] = listGenerations(dataDir);
      if (!newest || fingerprintOf(newest) === schemaFingerprint(model)) return null;
      return publishOrDiscard(beginBuild(newest.dateKey, new Date(newest.publishedAt)));
    },
    release: (now) =>
      withBuildLock((lock) => {
        const [base = null] = listGenerations(dataDir);
        const { dateKey, path, run } = findQuarantinedRun(dataDir, base);
        const build = openBuild(folder, { dateKey, now: run?.startedAt ?? now, base, copyFrom: path }, lock);
        const broken = build.verify().filter((finding) => finding.isBroken);
        if (broken.length === 0) return publishOrDiscard(build, run && releasedRunRecord(run, now));
        build.discard();
        throw brokenBuildError(dateKey, broken);
      }),
    rollback: (to, now) =>
      withBuildLock((lock) => {
        const { newest, target } = findRollbackTarget(listGenerations(dataDir), to);
        const reverted = { path: newest.path, at: now };
        const build = openBuild(folder, { ...onTopOf(target), reverted }, lock);
        const run = rollbackRunRecord(target, newest, now);
        // The build copies it from the journal. Should the build never be published, the next run marks it back.
        markRevertedInJournal(dataDir, target.id, run.reason);
        return publishOrDiscard(build, run);
      }),
    erase: (person, requestedBy, now) =>
      withBuildLock((lock) => {
        const { base } = findBaseGeneration(dataDir);
        if (!base) throw feedEmpty(dataDir);
        const { dateKey } = base;
        // Every earlier generation holds the person.
        const build = openBuild({ ...folder, keepGenerations: 1 }, onTopOf(base), lock);
        const erasure = discardOnError(build, () =>
          build.erasure.erase([person], { at: now, forGood: true }),
        );
        const run = erasureRunRecord(person, erasure, { requestedBy, now, dateKey });
        const generation = publishOrDiscard(build, run);
        assertNoEarlierFiles(dataDir);
        return { ...erasure, generation };
      }),
    restore: (options, now) =>
      withBuildLock((lock) => {
        const [newest = null] = listGenerations(dataDir);
        const backup = findBackup(options, model, newest);
        const reverted = newest ? { path: newest.path, at: now } : undefined;
        const build = openBuild(folder, { ...onTopOf(backup), reverted, afterId: backup.id }, lock);
        const run = restoreRunRecord(backup, now);
        if (newest) markRevertedInJournal(dataDir, backup.id, run.reason);
        return publishOrDiscard(build, run);
      }),
    async importTables(source) {
      const { id, dateKey, publishedAt } = source.generation;
      const build = withBuildLock((lock) => {
        if (listGenerationFiles(dataDir).length > 0) throw notEmptyError(dataDir);
        const now = new Date(publishedAt);
        return openBuild(folder, { dateKey, now, base: null, copyFrom: null, afterId: id - 1 }, lock);
      });
      try {
        await importTables(build.context, source);
        const broken = verifyGeneration(build.context);
        if (broken.length > 0) throw brokenBuildError(dateKey, broken);
      } catch (error) {
        build.discard();
        throw error;
      }
      const generation = build.publish();
      // The imported tables include the run history.
      const publishedFile = join(dataDir, generationFileName(id, dateKey));
      reconcileJournal(dataDir, { dateKey, baseDateKey: dateKey, buildFile: publishedFile });
      return generation;
    },
  };
}

/** Of the same day and moment as its base: what is served afterwards is as old as that. */
function onTopOf(base: StoredGeneration): BuildBase {
  const { dateKey, publishedAt, path } = base;
  return { dateKey, now: new Date(publishedAt), base, copyFrom: path };
}

interface BaseLookup {
  readonly base: StoredGeneration | null;
  /** The newest generation, where its file is damaged but still says which it is. */
  readonly damaged: StoredGeneration | undefined;
}

/** A build on a damaged file would fail verification, and so would every build after it. */
function findBaseGeneration(dataDir: string): BaseLookup {
  const generations = listGenerations(dataDir);
  const base = generations.find(({ path }) => findFileDamage(path) === null) ?? null;
  return { base, damaged: generations[0] === base ? undefined : generations[0] };
}

function skippedDamageReason(damaged: Generation, base: Generation | null): string {
  const consequence =
    base === null ? 'the next run started empty' : `the next run was built on generation ${base.id}`;
  return `The file of generation ${damaged.id} is damaged; ${consequence}.`;
}

function publishOrDiscard(build: GenerationBuild, run?: RunRecord): Generation {
  return discardOnError(build, () => build.publish(run));
}

function discardOnError<Result>(build: GenerationBuild, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    build.discard();
    throw error;
  }
}

function fingerprintOf({ path }: StoredGeneration): unknown {
  const database = new Database(path, { readonly: true });
  try {
    return readFingerprint(database);
  } finally {
    database.close();
  }
}

function olderDayError(dateKey: DateKey, newest: DateKey): FeedError {
  return new FeedError(
    'feed.night-refused',
    `The day ${dateKey} is before the newest published one, ${newest}; past days never change.`,
    { hint: `Run ${newest} again, or a later day.` },
  );
}

function notEmptyError(dataDir: string): FeedError {
  return new FeedError('setup.bad-setting', `The folder '${dataDir}' already holds a warehouse.`, {
    target: '--data',
    hint: 'Import into an empty one.',
  });
}
