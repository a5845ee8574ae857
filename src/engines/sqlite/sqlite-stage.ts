// A night being built in a file of its own, beside the generations that are served.
import { quoted } from '../../../schema/derive/ddl.ts';
import { storageOf, type Storage } from '../../../schema/derive/storage.ts';
import type { Entity, Row, Value } from '../../../schema/words.ts';
import { USUAL_BOUNDS } from '../../base/bounds.ts';
import type { DateKey } from '../../base/date-key.ts';
import type { Completeness, Merged, RunRecord, Stage } from '../stage.ts';
import { buildSearch, growSearch } from './build-search.ts';
import { findJumps } from './find-jumps.ts';
import { mergeCurrent } from './merge/merge-current.ts';
import { mergeEvent } from './merge/merge-event.ts';
import { mergeSpans } from './merge/merge-spans.ts';
import type { Effect, Night, Sight } from './merge/night.ts';
import { resolve, resolveFixedRows } from './merge/resolve.ts';
import { openStaging, type Brought, type Staging } from './merge/staging.ts';
import { modelMark } from './model-mark.ts';
import { erasePeople, goneSince } from './people/erase-people.ts';
import { keepOfPeople, readPrivacy } from './people/keep-of-people.ts';
import { readTombstones, removeTombstones } from './people/tombstones.ts';
import { standingBefore } from './standing.ts';
import { statisticsDue } from './statistics-due.ts';
import { trimCollection } from './trim.ts';
import { verifyNight } from './verify.ts';

/** What becomes of the file once the night is over, and what the journal is told; its connection is closed by then. */
export interface Ending {
  readonly publish: (run: RunRecord | undefined) => void;
  readonly refuse: (run: RunRecord) => void;
  readonly discard: (run: RunRecord | undefined) => void;
  /** Before that: writes the run, and those not yet there, into the file itself. */
  readonly inscribe: (run: RunRecord | undefined) => void;
  /** Before that, too: takes values that were erased out of the journal. */
  readonly scrub: (values: readonly string[]) => void;
}

export interface StageSite {
  /** Of the generation to be. */
  readonly id: number;
  /** For what is harvested, until it is merged. Not there yet, and gone when the stage has ended. */
  readonly harvested: string;
}

/** `night.database` already has the model's shape. */
export function openSqliteStage(night: Night, { id, harvested }: StageSite, ending: Ending): Stage {
  const { database, parameters } = night;
  const staging = openStaging(database, harvested);
  const before = standingBefore(night);
  const merges: Merged[] = [];
  let isErased = false;
  const notYetMerged = (entity: Entity): void => {
    if (merges.some((each) => each.entity === entity.name))
      throw new TypeError(`${entity.name} is already merged this night.`);
  };

  /** Words of rows that are no more stand in the indexes: an unmarked file, also one that is accepted later, gets others. */
  const unmark = (): unknown => database.pragma('user_version = 0');

  /** Of what was erased nothing stays in pages that are free. */
  const overwriteFreed = (): void => {
    if (isErased) database.exec('VACUUM');
  };

  return {
    dateKey: parameters.day,
    existing: (entity) => rowsOf(night, entity),
    append(entity, rows) {
      notYetMerged(entity);
      staging.append(storageOf(entity), rows);
    },
    supplement(entity, rows) {
      notYetMerged(entity);
      staging.supplement(storageOf(entity), rows);
    },
    trim: database.transaction((entity: Entity, first: DateKey) => {
      const trimmed = trimCollection(night, entity, first);
      if (trimmed > 0) unmark();
      return trimmed;
    }),
    merge(entity, completeness) {
      notYetMerged(entity);
      const merged = mergeOne(night, entity, staging, completeness);
      merges.push(merged);
      return merged;
    },
    tombstones: readTombstones(database),
    erase(people, words) {
      const { values, ...erasure } = erasePeople(night, people, words);
      if (values.length > 0) ending.scrub(values);
      if (erasure.people > 0) {
        isErased = true;
        unmark();
      }
      return erasure;
    },
    privacy: readPrivacy(database),
    keepOfPeople(profile, keptOf) {
      if (!keepOfPeople(night, profile, keptOf)) return;
      isErased = true;
      unmark();
    },
    goneSince: (day) => goneSince(night, day),
    readmit: (hashes) => removeTombstones(database, hashes),
    verify: (bounds = USUAL_BOUNDS) => [
      ...verifyNight(night),
      ...findJumps(night, { before, merges }, bounds),
    ],
    publish(told) {
      staging.close();
      const run = told && { ...told, generation: id };
      ending.inscribe(run);
      const mark = modelMark(night.model);
      const isOnlyMore = !night.again && database.pragma('user_version', { simple: true }) === mark;
      if (isOnlyMore) growSearch(night);
      else buildSearch(night);
      const publishedAt = parameters.now;
      database.exec('DELETE FROM generation');
      database.prepare('INSERT INTO generation VALUES (?, ?, ?)').run(id, parameters.day, publishedAt);
      database.pragma(`user_version = ${mark}`);
      database.exec('DETACH staging');
      if (!isOnlyMore || statisticsDue(database)) database.exec('ANALYZE');
      overwriteFreed();
      database.close();
      ending.publish(run);
      return { id, dateKey: parameters.day, publishedAt: `${publishedAt}Z` };
    },
    refuse(run) {
      staging.close();
      ending.inscribe(run);
      overwriteFreed();
      database.close();
      ending.refuse(run);
    },
    discard(run) {
      staging.close();
      database.close();
      ending.discard(run);
    },
  };
}

/** A harvest that failed changes nothing: neither things, nor days, nor what an earlier run of the night saw. */
function mergeOne(night: Night, entity: Entity, staging: Staging, completeness: Completeness): Merged {
  if (completeness === 'failed') {
    return { entity: entity.name, seen: 0, inserted: 0, changed: 0, deleted: 0, orphans: 0 };
  }
  const storage = storageOf(entity);
  const merge = night.database.transaction((brought: Brought): Merged => {
    const { rows, orphans, ...sight } = resolve(night, storage, brought);
    resolveFixedRows(night, storage, sight);
    const effect = mergeThings(night, storage, sight, completeness);
    night.database.exec(`DROP TABLE ${sight.things}; DROP TABLE ${sight.news}`);
    return { entity: entity.name, seen: rows + orphans, orphans, ...effect };
  });
  return staging.merge(storage, merge);
}

function mergeThings(night: Night, storage: Storage, sight: Sight, completeness: Completeness): Effect {
  switch (storage.entity.lifetime) {
    case 'current':
      return mergeCurrent(night, storage, sight, completeness);
    case 'history':
    case 'daily':
      return mergeSpans(night, storage, sight, completeness);
    case 'event':
      return mergeEvent(night, storage, sight);
  }
}

function* rowsOf({ database }: Night, entity: Entity): Generator<Row, void, undefined> {
  const names = Object.keys(entity.properties);
  const rows = database
    .prepare<[], Record<string, Exclude<Value, boolean>>>(`SELECT * FROM ${quoted(entity.name)}`)
    .safeIntegers()
    .iterate();
  for (const row of rows) {
    yield Object.fromEntries(names.map((name) => [name, valueOf(entity, name, row[name] ?? null)]));
  }
}

// SQLite knows integers only; the model knows which are truths, and which fit a number.
function valueOf({ properties }: Entity, name: string, stored: Value): Value {
  if (typeof stored !== 'bigint') return stored;
  const type = properties[name]?.type;
  if (type === 'Edm.Int64') return stored;
  return type === 'Edm.Boolean' ? stored === 1n : Number(stored);
}
