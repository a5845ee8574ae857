// A night being built in a file of its own, beside the generations that are served.
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import { storageOf, type Storage } from '../../../../schema/derive/storage.ts';
import type { Entity, Row, Value } from '../../../../schema/entity.ts';
import { DEFAULT_THRESHOLDS } from '../../../base/volume-thresholds.ts';
import type { DateKey } from '../../../base/date-key.ts';
import type { Completeness, Staging } from '../../staging.ts';
import type { Erasure } from '../../erasure.ts';
import type { MergeCounts, RunRecord } from '../../run-journal.ts';
import type { GenerationBuild } from '../../generation-build.ts';
import { rebuildSearchIndexes, updateSearchIndexes } from './search-indexes.ts';
import { checkVolumes } from '../verify/check-volumes.ts';
import { mergeScd1 } from '../merge/merge-scd1.ts';
import { replacePartition } from '../merge/replace-partition.ts';
import { mergeScd2 } from '../merge/merge-scd2.ts';
import type { RowChanges, BuildContext, ResolvedTables } from './build-context.ts';
import { resolveStagedInput, addFixedRows } from '../merge/resolve-staged-input.ts';
import { openStagingFile, type StagedInput, type StagingFile } from '../staging/staging-file.ts';
import { schemaFingerprint } from '../generations/schema-fingerprint.ts';
import { erasePeople, findLeavers } from '../privacy/erase-people.ts';
import { applyPrivacyProfile, readPrivacyProfile } from '../privacy/apply-privacy-profile.ts';
import { readTombstones, removeTombstones } from '../privacy/tombstones.ts';
import { countRowsBefore } from '../verify/row-counts.ts';
import { isAnalyzeDue } from '../statistics-due.ts';
import { trimCollection } from './trim-collection.ts';
import { verifyBuild } from '../verify/verify-generation.ts';

/** What becomes of the file once the night is over, and what the journal is told; its connection is closed by then. */
export interface BuildCallbacks {
  readonly publish: (run: RunRecord | undefined) => void;
  readonly quarantine: (run: RunRecord) => void;
  readonly discard: (run: RunRecord | undefined) => void;
  /** Before that: writes the run, and those not yet there, into the file itself. */
  readonly writeRunHistory: (run: RunRecord | undefined) => void;
  /** Before that, too: takes values that were erased out of the journal. */
  readonly redact: (values: readonly string[]) => void;
}

export interface BuildTarget {
  /** Of the generation to be. */
  readonly id: number;
  /** For staged rows, until they are merged. Does not exist yet, and is removed when the build ends. */
  readonly stagingPath: string;
}

/** `night.database` already has the model's shape. */
export function openSqliteGenerationBuild(
  context: BuildContext,
  { id, stagingPath }: BuildTarget,
  callbacks: BuildCallbacks,
): GenerationBuild {
  const { database, parameters } = context;
  const stagingFile = openStagingFile(database, stagingPath);
  const rowCountsBefore = countRowsBefore(context);
  const mergeCounts: MergeCounts[] = [];
  let hasErasedData = false;
  const assertNotMerged = (entity: Entity): void => {
    if (mergeCounts.some((each) => each.entity === entity.name))
      throw new TypeError(`${entity.name} is already merged this night.`);
  };

  /** Words of rows that are no more stand in the indexes: an unmarked file, also one that is accepted later, gets others. */
  const invalidateFingerprint = (): unknown => database.pragma('user_version = 0');

  /** Of what was erased nothing stays in pages that are free. */
  const vacuumErasedData = (): void => {
    if (hasErasedData) database.exec('VACUUM');
  };

  const staging: Staging = {
    dateKey: parameters.day,
    baseRows: (entity) => readBaseRows(context, entity),
    append(entity, rows) {
      assertNotMerged(entity);
      stagingFile.append(storageOf(entity), rows);
    },
    enrich(entity, rows) {
      assertNotMerged(entity);
      stagingFile.enrich(storageOf(entity), rows);
    },
  };
  const erasure: Erasure = {
    tombstones: readTombstones(database),
    erase(people, options) {
      const { values, ...erased } = erasePeople(context, people, options);
      if (values.length > 0) callbacks.redact(values);
      if (erased.people > 0) {
        hasErasedData = true;
        invalidateFingerprint();
      }
      return erased;
    },
    leaversSince: (day) => findLeavers(context, day),
    removeTombstones: (hashes) => removeTombstones(database, hashes),
    privacyProfile: readPrivacyProfile(database),
    applyPrivacyProfile(profile, redact) {
      if (!applyPrivacyProfile(context, profile, redact)) return;
      hasErasedData = true;
      invalidateFingerprint();
    },
  };
  return {
    staging,
    erasure,
    merge(entity, completeness) {
      assertNotMerged(entity);
      const merged = mergeCollection(context, entity, stagingFile, completeness);
      mergeCounts.push(merged);
      return merged;
    },
    trim: database.transaction((entity: Entity, firstDay: DateKey) => {
      const trimmed = trimCollection(context, entity, firstDay);
      if (trimmed > 0) invalidateFingerprint();
      return trimmed;
    }),
    verify: (thresholds = DEFAULT_THRESHOLDS) => [
      ...verifyBuild(context),
      ...checkVolumes(context, { rowCountsBefore, mergeCounts }, thresholds),
    ],
    publish(run) {
      stagingFile.close();
      const finalRun = run && { ...run, generation: id };
      callbacks.writeRunHistory(finalRun);
      const fingerprint = schemaFingerprint(context.model);
      const isAppendOnly =
        !context.isRerun && database.pragma('user_version', { simple: true }) === fingerprint;
      if (isAppendOnly) updateSearchIndexes(context);
      else rebuildSearchIndexes(context);
      const publishedAt = parameters.now;
      database.exec('DELETE FROM generation');
      database.prepare('INSERT INTO generation VALUES (?, ?, ?)').run(id, parameters.day, publishedAt);
      database.pragma(`user_version = ${fingerprint}`);
      if (!isAppendOnly || isAnalyzeDue(database)) database.exec('ANALYZE');
      vacuumErasedData();
      database.close();
      callbacks.publish(finalRun);
      return { id, dateKey: parameters.day, publishedAt: `${publishedAt}Z` };
    },
    quarantine(finalRun) {
      stagingFile.close();
      callbacks.writeRunHistory(finalRun);
      vacuumErasedData();
      database.close();
      callbacks.quarantine(finalRun);
    },
    discard(finalRun) {
      database.close();
      callbacks.discard(finalRun);
    },
  };
}

/** A harvest that failed changes nothing: neither things, nor days, nor what an earlier run of the night saw. */
function mergeCollection(
  context: BuildContext,
  entity: Entity,
  stagingFile: StagingFile,
  completeness: Completeness,
): MergeCounts {
  if (completeness === 'failed') {
    return { entity: entity.name, seen: 0, inserted: 0, changed: 0, deleted: 0, orphans: 0 };
  }
  const storage = storageOf(entity);
  const merge = context.database.transaction((input: StagedInput): MergeCounts => {
    const { rows, orphans, ...tables } = resolveStagedInput(context, storage, input);
    addFixedRows(context, storage, tables);
    const changes = mergeByLifetime(context, storage, tables, completeness);
    context.database.exec(`DROP TABLE ${tables.stagedKeys}; DROP TABLE ${tables.changedRows}`);
    return { entity: entity.name, seen: rows + orphans, orphans, ...changes };
  });
  return stagingFile.consume(storage, merge);
}

function mergeByLifetime(
  context: BuildContext,
  storage: Storage,
  tables: ResolvedTables,
  completeness: Completeness,
): RowChanges {
  switch (storage.entity.lifetime) {
    case 'current':
      return mergeScd1(context, storage, tables, completeness);
    case 'history':
    case 'daily':
      return mergeScd2(context, storage, tables, completeness);
    case 'event':
      return replacePartition(context, storage, tables);
  }
}

function* readBaseRows({ database }: BuildContext, entity: Entity): Generator<Row, void, undefined> {
  const names = Object.keys(entity.properties);
  const rows = database
    .prepare<[], Record<string, Exclude<Value, boolean>>>(`SELECT * FROM ${quoteIdentifier(entity.name)}`)
    .safeIntegers()
    .iterate();
  for (const row of rows) {
    yield Object.fromEntries(names.map((name) => [name, toModelValue(entity, name, row[name] ?? null)]));
  }
}

// SQLite knows integers only; the model knows which are truths, and which fit a number.
function toModelValue({ properties }: Entity, name: string, stored: Value): Value {
  if (typeof stored !== 'bigint') return stored;
  const type = properties[name]?.type;
  if (type === 'Edm.Int64') return stored;
  return type === 'Edm.Boolean' ? stored === 1n : Number(stored);
}
