// The file in which a night is built, from a copy of what it builds on to a published generation or nothing.
import { constants, copyFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Model } from '../../../schema/model.ts';
import type { DateKey } from '../../base/date-key.ts';
import type { RunRecord, Stage } from '../stage.ts';
import { compact } from './compact.ts';
import { flush } from './flush.ts';
import {
  BUILDING_FILE,
  generationFileName,
  listGenerationFiles,
  listRefusedFiles,
  refusedFileName,
  type StoredGeneration,
} from './generations.ts';
import { growToModel } from './grow.ts';
import { nightParameters, type Night } from './merge/night.ts';
import { carryReads } from './carry-reads.ts';
import { plantModel } from './plant.ts';
import { hasRuns, writeRun } from './run-tables.ts';
import { risen } from './people/erase-people.ts';
import { scrubAudit } from './people/scrub-audit.ts';
import { scrubRuns } from './people/scrub-runs.ts';
import { carryRuns, openSqliteJournal, scrubJournal, settleJournal } from './sqlite-journal.ts';
import { openSqliteStage } from './sqlite-stage.ts';
import { takeBack, type TakenBack } from './take-back.ts';

// An erasure before so many runs is before every file that is kept.
const RECENT_RUNS = 100;

/** Where is built. */
export interface Site {
  readonly dataDir: string;
  readonly model: Model;
  /** Published files to keep. */
  readonly keep: number;
}

/** What is built on. */
export interface Ground {
  readonly dateKey: DateKey;
  readonly now: Date;
  /** The generation that the night follows; null for the first. */
  readonly base: StoredGeneration | null;
  /** The file to begin with; null for an empty one. */
  readonly copy: string | null;
  /** The generation that is served until then, where this goes back behind it. */
  readonly takenBack?: TakenBack | undefined;
  /** A number that was given elsewhere, and is not to be given again. */
  readonly after?: number;
}

/** A night under way: how it ends, and the database itself for what is more than a night. */
export interface Building {
  readonly stage: Stage;
  readonly night: Night;
}

/** Only for whoever holds the night; `release` is called when the stage has ended. */
export function openBuilding(site: Site, ground: Ground, release: () => void): Stage {
  return build(site, ground, release).stage;
}

/** The same, for whoever fills it with more than a night brings. */
export function build(site: Site, ground: Ground, release: () => void): Building {
  const { dataDir, model } = site;
  const { dateKey, now, base, copy, takenBack, after = 0 } = ground;
  const building = join(dataDir, BUILDING_FILE);
  const harvested = `${building}-harvested`;
  // What is there is of a run that was killed.
  const clear = (): void =>
    [building, `${building}-journal`, `${building}-compact`, harvested].forEach((path) =>
      rmSync(path, { recursive: true, force: true }),
    );
  clear();
  try {
    if (copy !== null) copyFileSync(copy, building, constants.COPYFILE_FICLONE);
  } catch (error) {
    // The half of a copy would keep a full disk full.
    clear();
    throw error;
  }

  const tell = (run: RunRecord | undefined): void => {
    if (run) openSqliteJournal(dataDir).write(run);
  };
  // Damaged newest files are passed over, but their numbers are not given again.
  const id = Math.max(after, ...listGenerationFiles(dataDir).map((file) => file.id)) + 1;
  const database = new Database(building);
  try {
    // A crash throws the file away, so nothing waits for the disk before the night is published. Its journal is a file
    // all the same: in memory it would hold every page that a merge changes. And the usual cache will do: four times as
    // much made no merge of 150,000 devices faster (2026-11), since what falls out of it stays with the system.
    database.exec('PRAGMA synchronous = OFF');
    const parameters = nightParameters(dateKey, notBefore(base, now));
    const night: Night = { database, model, parameters, again: base?.dateKey === dateKey };
    database.transaction(() => {
      growToModel(night);
      plantModel(night);
    })();
    if (takenBack) takeBack(night, takenBack);
    settleJournal(dataDir, { dateKey, last: base?.dateKey ?? null, building });
    const stage = openSqliteStage(
      night,
      { id, harvested },
      {
        inscribe: (run) => inscribe(night, dataDir, base, run),
        scrub(values) {
          database.transaction(() => scrubRuns(database, values))();
          scrubAudit(database, dataDir, values);
          scrubJournal(dataDir, values);
        },
        publish(run) {
          compact(building);
          flush(building);
          renameSync(building, join(dataDir, generationFileName(id, dateKey)));
          quietly(() => flush(dataDir));
          quietly(() => tell(run));
          quietly(() => sweep(site, run));
          release();
        },
        refuse(run) {
          flush(building);
          for (const { path } of listRefusedFiles(dataDir)) rmSync(path, { force: true });
          renameSync(building, join(dataDir, refusedFileName(dateKey)));
          quietly(() => flush(dataDir));
          tell(run);
          release();
        },
        discard(run) {
          clear();
          quietly(() => tell(run));
          release();
        },
      },
    );
    if (takenBack) stage.erase(risen(night), { at: takenBack.at, forGood: true });
    return { stage, night };
  } catch (error) {
    database.close();
    clear();
    throw error;
  }
}

/** Moments only rise, also where the clock went back within a day: who loads what is new since the last must meet it. */
function notBefore(base: StoredGeneration | null, now: Date): Date {
  const last = new Date(base?.publishedAt ?? 0);
  return last > now ? last : now;
}

/** What was read since the night it builds on, the runs since, and the run of this one: part of the generation to be. */
function inscribe(
  { database, parameters }: Night,
  dataDir: string,
  base: StoredGeneration | null,
  run: RunRecord | undefined,
): void {
  carryReads(database, dataDir, parameters.day);
  if (!hasRuns(database)) return;
  carryRuns(database, dataDir, base?.dateKey ?? 0);
  if (run) database.transaction(() => writeRun(database, run))();
}

/** Removes generations that are no longer kept, and what was refused once a night is good. */
function sweep({ dataDir, keep }: Site, run: RunRecord | undefined): void {
  const isGood = run?.outcome === 'published' || run?.outcome === 'accepted' || run?.outcome === 'erasure';
  const erasure = lastErasure(dataDir);
  const old = listGenerationFiles(dataDir).filter(({ id }, place) => place >= keep || id < erasure);
  for (const { path } of [...old, ...(isGood ? listRefusedFiles(dataDir) : [])])
    rmSync(path, { force: true });
}

/** Number of the last generation that someone was taken out of: were the process killed then, earlier ones would hold them. */
function lastErasure(dataDir: string): number {
  const recent = openSqliteJournal(dataDir).recent(RECENT_RUNS);
  return recent.find(({ outcome }) => outcome === 'erasure')?.generation ?? 0;
}

/** For what comes after the decisive step: where it fails, the next night makes up for it. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // A full disk, a file that another program holds, a system that knows no flush of directories.
  }
}
