// The warehouse as files: each night is built beside the published generations and becomes one by a rename.
import {
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Model } from '../../../schema/model.ts';
import { FeedError } from '../../base/feed-error.ts';
import type { DateKey } from '../../base/date-key.ts';
import type { Stage, Warehouse } from '../stage.ts';
import { BUILDING_FILE, generationFileName, listGenerationFiles, listGenerations } from './generations.ts';
import { growToModel } from './grow.ts';
import { nightParameters } from './merge/night.ts';
import { modelMark } from './model-mark.ts';
import { takeNightLock } from './night-lock.ts';
import { plantModel } from './plant.ts';
import { openSqliteStage } from './sqlite-stage.ts';

export interface SqliteWarehouseOptions {
  /** Made when it does not exist. */
  readonly dataDir: string;
  readonly model: Model;
  /** Published files to keep, at least 2: page chains that crossed midnight still read the one before the newest. */
  readonly keepGenerations?: number;
}

export function openSqliteWarehouse({
  dataDir,
  model,
  keepGenerations = 3,
}: SqliteWarehouseOptions): Warehouse {
  mkdirSync(dataDir, { recursive: true });
  const keep = Math.max(2, keepGenerations);
  const begin: Warehouse['begin'] = (dateKey, now) => {
    const release = takeNightLock(dataDir);
    try {
      return beginNight(dataDir, model, { dateKey, now, keep, release });
    } catch (error) {
      release();
      throw error;
    }
  };
  return {
    begin,
    current() {
      const [newest] = listGenerations(dataDir);
      return newest ? { id: newest.id, dateKey: newest.dateKey, publishedAt: newest.publishedAt } : null;
    },
    catchUp() {
      const [newest] = listGenerations(dataDir);
      if (!newest || markOf(newest.path) === modelMark(model)) return null;
      return begin(newest.dateKey, new Date(newest.publishedAt)).publish();
    },
  };
}

function markOf(path: string): unknown {
  const database = new Database(path, { readonly: true });
  try {
    return database.pragma('user_version', { simple: true });
  } finally {
    database.close();
  }
}

interface Beginning {
  readonly dateKey: DateKey;
  readonly now: Date;
  readonly keep: number;
  readonly release: () => void;
}

function beginNight(dataDir: string, model: Model, { dateKey, now, keep, release }: Beginning): Stage {
  const [newest] = listGenerations(dataDir);
  if (newest && dateKey < newest.dateKey) {
    throw new FeedError(
      'feed.night-refused',
      `The night of ${dateKey} is older than the newest one published, ${newest.dateKey}; days that are over never change.`,
      { hint: `Run the night of ${newest.dateKey} or a later one.` },
    );
  }
  const building = join(dataDir, BUILDING_FILE);
  // Only whoever holds the lock comes here, so these are of a run that was killed.
  const clear = (): void =>
    [building, `${building}-journal`].forEach((path) => rmSync(path, { force: true }));
  clear();
  if (newest) copyFileSync(newest.path, building, constants.COPYFILE_FICLONE);

  // Damaged newest files are passed over, but their numbers are not given again.
  const id = Math.max(0, ...listGenerationFiles(dataDir).map((file) => file.id)) + 1;
  const database = new Database(building);
  try {
    // A crash throws the file away, so nothing waits for the disk before the night is published.
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536');
    const night = {
      database,
      model,
      parameters: nightParameters(dateKey, now),
      again: newest?.dateKey === dateKey,
    };
    database.transaction(() => {
      growToModel(night);
      plantModel(night);
    })();
    return openSqliteStage(night, id, {
      publish() {
        flush(building);
        renameSync(building, join(dataDir, generationFileName(id, dateKey)));
        flush(dataDir);
        for (const old of listGenerationFiles(dataDir).slice(keep)) rmSync(old.path, { force: true });
        release();
      },
      discard() {
        clear();
        release();
      },
    });
  } catch (error) {
    database.close();
    clear();
    throw error;
  }
}

/** Waits until the disk has the file, or the directory's entries. */
function flush(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
