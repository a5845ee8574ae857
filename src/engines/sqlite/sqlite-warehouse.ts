// The warehouse as files: each night is built beside the published generations and becomes one by a rename.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Model } from '../../../schema/model.ts';
import { FeedError } from '../../base/feed-error.ts';
import type { Generation } from '../engine.ts';
import type { RunRecord, Stage, Warehouse } from '../stage.ts';
import { build, openBuilding, type Site } from './building.ts';
import {
  damageOf,
  generationFileName,
  listGenerationFiles,
  listGenerations,
  type StoredGeneration,
} from './generations.ts';
import { importTables, type ImportSource } from './import-tables.ts';
import { modelMark } from './model-mark.ts';
import { takeNightLock } from './night-lock.ts';
import { erasureRun, removeTraces } from './people/erasure-run.ts';
import { acceptedRun, brokenNight, findRefused } from './refused-night.ts';
import { findBackup, restoreRun, type Restoring } from './restore.ts';
import { findEarlier, rollbackRun } from './rollback.ts';
import { openSqliteJournal, settleJournal, withdrawInJournal } from './sqlite-journal.ts';
import { verifyEverything } from './verify.ts';

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
  restore(restoring: Restoring, now: Date): Generation;
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
  const site: Site = { dataDir, model, keep: Math.max(2, keepGenerations) };

  /** Nothing is looked at before the night is ours. A stage lets go of it when it ends. */
  const holdingTheNight = <Result>(work: (release: () => void) => Result): Result => {
    const release = takeNightLock(dataDir);
    try {
      return work(release);
    } catch (error) {
      release();
      throw error;
    }
  };
  const begin: Warehouse['begin'] = (dateKey, now) =>
    holdingTheNight((release) => {
      const { base, damaged } = findGround(dataDir);
      if (base && dateKey < base.dateKey) {
        throw new FeedError(
          'feed.night-refused',
          `The night of ${dateKey} is older than the newest one published, ${base.dateKey}; days that are over never change.`,
          { hint: `Run the night of ${base.dateKey} or a later one.` },
        );
      }
      const takenBack = damaged && { path: damaged.path, at: now };
      const ground = { dateKey, now, base, copy: base?.path ?? null, takenBack };
      const stage = openBuilding(site, ground, release);
      if (damaged) withdrawInJournal(dataDir, base?.id ?? 0, passedOver(damaged, base));
      return stage;
    });
  return {
    journal: openSqliteJournal(dataDir),
    begin,
    current() {
      const [newest] = listGenerations(dataDir);
      return newest ? { id: newest.id, dateKey: newest.dateKey, publishedAt: newest.publishedAt } : null;
    },
    catchUp() {
      const [newest] = listGenerations(dataDir);
      if (!newest || markOf(newest.path) === modelMark(model)) return null;
      return published(begin(newest.dateKey, new Date(newest.publishedAt)));
    },
    accept: (now) =>
      holdingTheNight((release) => {
        const [base = null] = listGenerations(dataDir);
        const { dateKey, path, run } = findRefused(dataDir, base);
        const ground = { dateKey, now: run?.startedAt ?? now, base, copy: path };
        const stage = openBuilding(site, ground, release);
        const broken = stage.verify().filter((finding) => finding.broken);
        if (broken.length === 0) return published(stage, run && acceptedRun(run, now));
        stage.discard();
        throw brokenNight(dateKey, broken);
      }),
    rollback: (to, now) =>
      holdingTheNight((release) => {
        const { newest, target } = findEarlier(listGenerations(dataDir), to);
        // What is served then is as old as it was.
        const [dateKey, from] = [target.dateKey, new Date(target.publishedAt)];
        const takenBack = { path: newest.path, at: now };
        const ground = { dateKey, now: from, base: target, copy: target.path, takenBack };
        const stage = openBuilding(site, ground, release);
        const run = rollbackRun(target, newest, now);
        // From the journal the file takes it. Should the file never be published, the next night takes it back.
        withdrawInJournal(dataDir, target.id, run.reason);
        return published(stage, run);
      }),
    erase: (person, by, now) =>
      holdingTheNight((release) => {
        const { base } = findGround(dataDir);
        if (!base) throw new FeedError('feed.empty', `'${dataDir}' holds no night yet.`);
        // What is served then is as old as it was, and nothing before it is kept.
        const ground = { dateKey: base.dateKey, now: new Date(base.publishedAt), base, copy: base.path };
        const stage = openBuilding({ ...site, keep: 1 }, ground, release);
        const erasure = ending(stage, () => stage.erase([person], { at: now, forGood: true }));
        const generation = published(stage, erasureRun(person, erasure, { by, now, dateKey: base.dateKey }));
        removeTraces(dataDir);
        return { ...erasure, generation };
      }),
    restore: (restoring, now) =>
      holdingTheNight((release) => {
        const [newest = null] = listGenerations(dataDir);
        const backup = findBackup(restoring, model, newest);
        const { dateKey, path: copy, id: after } = backup;
        // Restored is what was served then, and it is as old as it was.
        const from = new Date(backup.publishedAt);
        const takenBack = newest ? { path: newest.path, at: now } : undefined;
        const ground = { dateKey, now: from, base: backup, copy, takenBack, after };
        const stage = openBuilding(site, ground, release);
        const run = restoreRun(backup, now);
        if (newest) withdrawInJournal(dataDir, backup.id, run.reason);
        return published(stage, run);
      }),
    async importTables(source) {
      const { id, dateKey, publishedAt } = source.generation;
      const { stage, night } = holdingTheNight((release) => {
        if (listGenerationFiles(dataDir).length > 0) {
          throw new FeedError('setup.bad-setting', `The folder '${dataDir}' holds nights already.`, {
            target: '--data',
            hint: 'Import into an empty one.',
          });
        }
        const ground = { dateKey, now: new Date(publishedAt), base: null, copy: null, after: id - 1 };
        return build(site, ground, release);
      });
      try {
        await importTables(night, source);
        const broken = verifyEverything(night);
        if (broken.length > 0) throw brokenNight(dateKey, broken);
      } catch (error) {
        stage.discard();
        throw error;
      }
      const generation = stage.publish();
      // What became of the nights came with them.
      const building = join(dataDir, generationFileName(id, dateKey));
      settleJournal(dataDir, { dateKey, last: dateKey, building });
      return generation;
    },
  };
}

interface Footing {
  readonly base: StoredGeneration | null;
  /** The newest, where it tells what it is but cannot be read whole. */
  readonly damaged: StoredGeneration | undefined;
}

/** A night built on a damaged file would be refused, and so would every night after it. */
function findGround(dataDir: string): Footing {
  const kept = listGenerations(dataDir);
  const base = kept.find(({ path }) => damageOf(path) === null) ?? null;
  return { base, damaged: kept[0] === base ? undefined : kept[0] };
}

function passedOver(damaged: Generation, base: Generation | null): string {
  const then =
    base === null ? 'the next night began anew' : `the next night was built on generation ${base.id}`;
  return `The file of generation ${damaged.id} is damaged; ${then}.`;
}

function published(stage: Stage, run?: RunRecord): Generation {
  return ending(stage, () => stage.publish(run));
}

/** A stage whose work throws is over. */
function ending<Result>(stage: Stage, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    stage.discard();
    throw error;
  }
}

function markOf(path: string): unknown {
  const database = new Database(path, { readonly: true });
  try {
    return database.pragma('user_version', { simple: true });
  } finally {
    database.close();
  }
}
