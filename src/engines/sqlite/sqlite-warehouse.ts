// The warehouse as files: each night is built beside the published generations and becomes one by a rename.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Model } from '../../../schema/model.ts';
import { FeedError } from '../../base/feed-error.ts';
import { feedEmpty } from '../../base/feed-empty.ts';
import type { Generation } from '../engine.ts';
import type { RunRecord } from '../run-journal.ts';
import type { GenerationBuild } from '../generation-build.ts';
import type { Warehouse } from '../warehouse.ts';
import { openBuildWithContext, openBuild, type BuildBase, type BuildFolder } from './build/open-build.ts';
import {
  findFileDamage,
  generationFileName,
  listGenerationFiles,
  listGenerations,
  type StoredGeneration,
} from './generations/generation-files.ts';
import { importTables, type ImportSource } from './transfer/import-tables.ts';
import { schemaFingerprint } from './generations/schema-fingerprint.ts';
import { acquireBuildLock } from './build/build-lock.ts';
import { erasureRunRecord, assertNoEarlierFiles } from './privacy/erasure-run-record.ts';
import { releasedRunRecord, brokenBuildError, findQuarantinedRun } from './generations/quarantined-run.ts';
import { findBackup, restoreRunRecord, type RestoreOptions } from './transfer/restore.ts';
import { findRollbackTarget, rollbackRunRecord } from './generations/find-rollback-target.ts';
import {
  openSqliteRunJournal,
  reconcileJournal,
  markRevertedInJournal,
} from './journal/sqlite-run-journal.ts';
import { verifyGeneration } from './verify/verify-generation.ts';

export interface SqliteWarehouseOptions {
  /** Made when it does not exist. */
  readonly dataDir: string;
  readonly model: Model;
  /** Published files to keep, at least 2: page chains that crossed midnight still read the one before the newest. */
  readonly keepGenerations?: number;
}

/** A warehouse of files can be put back from one. */
export interface SqliteWarehouse extends Warehouse {
  /**
   * Serves a backup, as a generation with a number of its own; the next night builds on it. Throws `feed.unavailable`
   * where the file is not whole, `setup.bad-setting` where it would take the place of newer nights; and like `begin`.
   */
  restore(options: RestoreOptions, now: Date): Generation;
  /**
   * Fills an empty warehouse with what was exported from another, and publishes it under the same number. Throws
   * `setup.bad-setting` where it holds nights already, `feed.night-refused` where what came together is broken; and
   * like `begin`.
   */
  importTables(source: ImportSource): Promise<Generation>;
}

export function openSqliteWarehouse({
  dataDir,
  model,
  keepGenerations = 3,
}: SqliteWarehouseOptions): SqliteWarehouse {
  // It will hold people's data: nobody else on the machine is to look in.
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const folder: BuildFolder = { dataDir, model, keepGenerations: Math.max(2, keepGenerations) };

  /** Nothing is looked at before the night is ours. A stage lets go of it when it ends. */
  const withBuildLock = <Result>(work: (releaseLock: () => void) => Result): Result => {
    const releaseLock = acquireBuildLock(dataDir);
    try {
      return work(releaseLock);
    } catch (error) {
      releaseLock();
      throw error;
    }
  };
  const beginBuild: Warehouse['beginBuild'] = (dateKey, now) =>
    withBuildLock((releaseLock) => {
      const { base, damaged } = findBaseGeneration(dataDir);
      if (base && dateKey < base.dateKey) {
        throw new FeedError(
          'feed.night-refused',
          `The night of ${dateKey} is older than the newest one published, ${base.dateKey}; days that are over never change.`,
          { hint: `Run the night of ${base.dateKey} or a later one.` },
        );
      }
      const reverted = damaged && { path: damaged.path, at: now };
      const buildBase: BuildBase = { dateKey, now, base, copyFrom: base?.path ?? null, reverted };
      const generationBuild = openBuild(folder, buildBase, releaseLock);
      if (damaged) markRevertedInJournal(dataDir, base?.id ?? 0, skippedDamageReason(damaged, base));
      return generationBuild;
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
      if (!newest || readFingerprint(newest.path) === schemaFingerprint(model)) return null;
      return publishOrDiscard(beginBuild(newest.dateKey, new Date(newest.publishedAt)));
    },
    release: (now) =>
      withBuildLock((releaseLock) => {
        const [base = null] = listGenerations(dataDir);
        const { dateKey, path, run } = findQuarantinedRun(dataDir, base);
        const buildBase: BuildBase = { dateKey, now: run?.startedAt ?? now, base, copyFrom: path };
        const generationBuild = openBuild(folder, buildBase, releaseLock);
        const broken = generationBuild.verify().filter((finding) => finding.isBroken);
        if (broken.length === 0) return publishOrDiscard(generationBuild, run && releasedRunRecord(run, now));
        generationBuild.discard();
        throw brokenBuildError(dateKey, broken);
      }),
    rollback: (to, now) =>
      withBuildLock((releaseLock) => {
        const { newest, target } = findRollbackTarget(listGenerations(dataDir), to);
        // What is served then is as old as it was.
        const [dateKey, publishedAt] = [target.dateKey, new Date(target.publishedAt)];
        const reverted = { path: newest.path, at: now };
        const buildBase: BuildBase = {
          dateKey,
          now: publishedAt,
          base: target,
          copyFrom: target.path,
          reverted,
        };
        const generationBuild = openBuild(folder, buildBase, releaseLock);
        const run = rollbackRunRecord(target, newest, now);
        // From the journal the file takes it. Should the file never be published, the next night takes it back.
        markRevertedInJournal(dataDir, target.id, run.reason);
        return publishOrDiscard(generationBuild, run);
      }),
    erase: (person, requestedBy, now) =>
      withBuildLock((releaseLock) => {
        const { base } = findBaseGeneration(dataDir);
        if (!base) throw feedEmpty(dataDir);
        // What is served then is as old as it was, and nothing before it is kept.
        const buildBase: BuildBase = {
          dateKey: base.dateKey,
          now: new Date(base.publishedAt),
          base,
          copyFrom: base.path,
        };
        const generationBuild = openBuild({ ...folder, keepGenerations: 1 }, buildBase, releaseLock);
        const erasure = discardOnError(generationBuild, () =>
          generationBuild.erasure.erase([person], { at: now, forGood: true }),
        );
        const generation = publishOrDiscard(
          generationBuild,
          erasureRunRecord(person, erasure, { requestedBy, now, dateKey: base.dateKey }),
        );
        assertNoEarlierFiles(dataDir);
        return { ...erasure, generation };
      }),
    restore: (options, now) =>
      withBuildLock((releaseLock) => {
        const [newest = null] = listGenerations(dataDir);
        const backup = findBackup(options, model, newest);
        const { dateKey, path: copyFrom, id: afterId } = backup;
        // Restored is what was served then, and it is as old as it was.
        const publishedAt = new Date(backup.publishedAt);
        const reverted = newest ? { path: newest.path, at: now } : undefined;
        const buildBase: BuildBase = { dateKey, now: publishedAt, base: backup, copyFrom, reverted, afterId };
        const generationBuild = openBuild(folder, buildBase, releaseLock);
        const run = restoreRunRecord(backup, now);
        if (newest) markRevertedInJournal(dataDir, backup.id, run.reason);
        return publishOrDiscard(generationBuild, run);
      }),
    async importTables(source) {
      const { id, dateKey, publishedAt } = source.generation;
      const { generationBuild, context } = withBuildLock((releaseLock) => {
        if (listGenerationFiles(dataDir).length > 0) {
          throw new FeedError('setup.bad-setting', `The folder '${dataDir}' holds nights already.`, {
            target: '--data',
            hint: 'Import into an empty one.',
          });
        }
        const buildBase: BuildBase = {
          dateKey,
          now: new Date(publishedAt),
          base: null,
          copyFrom: null,
          afterId: id - 1,
        };
        return openBuildWithContext(folder, buildBase, releaseLock);
      });
      try {
        await importTables(context, source);
        const broken = verifyGeneration(context);
        if (broken.length > 0) throw brokenBuildError(dateKey, broken);
      } catch (error) {
        generationBuild.discard();
        throw error;
      }
      const generation = generationBuild.publish();
      // What became of the nights came with them.
      const publishedFile = join(dataDir, generationFileName(id, dateKey));
      reconcileJournal(dataDir, { dateKey, baseDateKey: dateKey, buildFile: publishedFile });
      return generation;
    },
  };
}

interface BaseLookup {
  readonly base: StoredGeneration | null;
  /** The newest, where it tells what it is but cannot be read whole. */
  readonly damaged: StoredGeneration | undefined;
}

/** A night built on a damaged file would be refused, and so would every night after it. */
function findBaseGeneration(dataDir: string): BaseLookup {
  const kept = listGenerations(dataDir);
  const base = kept.find(({ path }) => findFileDamage(path) === null) ?? null;
  return { base, damaged: kept[0] === base ? undefined : kept[0] };
}

function skippedDamageReason(damaged: Generation, base: Generation | null): string {
  const consequence =
    base === null ? 'the next night began anew' : `the next night was built on generation ${base.id}`;
  return `The file of generation ${damaged.id} is damaged; ${consequence}.`;
}

function publishOrDiscard(generationBuild: GenerationBuild, run?: RunRecord): Generation {
  return discardOnError(generationBuild, () => generationBuild.publish(run));
}

/** A stage whose work throws is over. */
function discardOnError<Result>(generationBuild: GenerationBuild, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    generationBuild.discard();
    throw error;
  }
}

function readFingerprint(path: string): unknown {
  const database = new Database(path, { readonly: true });
  try {
    return database.pragma('user_version', { simple: true });
  } finally {
    database.close();
  }
}
