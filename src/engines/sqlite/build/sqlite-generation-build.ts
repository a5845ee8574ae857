// A generation being built in a file of its own, beside those that are served. It owns the file, the lock and the journal.
import { rmSync } from 'node:fs';
import type { Entity } from '../../../../schema/entity.ts';
import type { Model } from '../../../../schema/model.ts';
import type { DateKey } from '../../../base/date-key.ts';
import { DEFAULT_THRESHOLDS, type VolumeThresholds } from '../../../base/volume-thresholds.ts';
import { renderWriteGeneration } from '../../../sql/build/generation.ts';
import { sql } from '../../../sql/fragment.ts';
import type { Generation } from '../../engine.ts';
import type { GenerationBuild, VerifyFinding } from '../../generation-build.ts';
import type { MergeCounts, RunJournal, RunRecord } from '../../run-journal.ts';
import type { Completeness } from '../../staging.ts';
import { execute, executeAll } from '../execute-sql.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';
import {
  listGenerationFiles,
  listQuarantinedFiles,
  type StoredGeneration,
} from '../generations/generation-files.ts';
import {
  invalidateFingerprint,
  readFingerprint,
  schemaFingerprint,
  writeFingerprint,
} from '../generations/schema-fingerprint.ts';
import { hasRunTables, writeRun } from '../journal/run-tables.ts';
import { copyRunHistory, openSqliteRunJournal } from '../journal/sqlite-run-journal.ts';
import { mergeCollection } from '../merge/merge-collection.ts';
import { openSqliteErasure, type SqliteErasure } from '../privacy/sqlite-erasure.ts';
import { openSqliteStaging, type SqliteStaging } from '../staging/sqlite-staging.ts';
import { checkVolumes } from '../verify/check-volumes.ts';
import { countRows } from '../verify/row-counts.ts';
import { verifyBuild } from '../verify/verify-generation.ts';
import type { BuildContext } from './build-context.ts';
import type { BuildFile } from './build-file.ts';
import type { BuildLock } from './build-lock.ts';
import { ignoreErrors } from './ignore-errors.ts';
import { ingestAuditLog } from './ingest-audit-log.ts';
import { rebuildSearchIndexes, updateSearchIndexes } from './search-indexes.ts';
import { isAnalyzeDue } from './statistics-due.ts';
import { trimCollection } from './trim-collection.ts';

// Among so many runs is the last erasure, where a file from before it may still be kept.
const ERASURE_LOOKBACK_RUNS = 100;

export interface BuildFolder {
  readonly dataDir: string;
  readonly model: Model;
  /** Published files to keep. */
  readonly keepGenerations: number;
}

/** What a build takes over, and gives back when it ends. */
export interface BuildResources {
  readonly folder: BuildFolder;
  readonly file: BuildFile;
  readonly lock: BuildLock;
  /** Number of the generation that it will be. */
  readonly id: number;
  /** The generation it is built on; null for the first. */
  readonly base: StoredGeneration | null;
}

export class SqliteGenerationBuild implements GenerationBuild {
  /** For work that goes beyond a run, such as an import. `context.database` already has the model's schema. */
  readonly context: BuildContext;
  readonly staging: SqliteStaging;
  readonly erasure: SqliteErasure;
  readonly #resources: BuildResources;
  readonly #journal: RunJournal;
  readonly #rowCountsBefore: ReadonlyMap<string, number>;
  readonly #mergeCounts: MergeCounts[] = [];

  constructor(context: BuildContext, resources: BuildResources) {
    const { dataDir } = resources.folder;
    this.context = context;
    this.#resources = resources;
    this.#journal = openSqliteRunJournal(dataDir);
    this.staging = openSqliteStaging(context, resources.file.stagingPath);
    this.erasure = openSqliteErasure(context, dataDir);
    this.#rowCountsBefore = countRows(context, 'before');
  }

  merge(entity: Entity, completeness: Completeness): MergeCounts {
    const counts = this.staging.consume(entity, (input) =>
      mergeCollection(this.context, entity, input, completeness),
    );
    this.#mergeCounts.push(counts);
    return counts;
  }

  trim(entity: Entity, firstDay: DateKey): number {
    const { database } = this.context;
    return database.transaction(() => {
      const trimmed = trimCollection(this.context, entity, firstDay);
      if (trimmed > 0) invalidateFingerprint(database);
      return trimmed;
    })();
  }

  verify(thresholds: VolumeThresholds = DEFAULT_THRESHOLDS): readonly VerifyFinding[] {
    const counts = { rowCountsBefore: this.#rowCountsBefore, mergeCounts: this.#mergeCounts };
    return [...verifyBuild(this.context), ...checkVolumes(this.context, counts, thresholds)];
  }

  publish(run?: RunRecord): Generation {
    const { file, lock, id } = this.#resources;
    const { day: dateKey, now: publishedAt } = this.context.parameters;
    const publishedRun = run && { ...run, generation: id };
    this.staging.close();
    this.#writeRunHistory(publishedRun);
    this.#finishDatabase();
    this.#closeDatabase();
    file.publish(id, dateKey);
    ignoreErrors(() => this.#writeToJournal(publishedRun));
    ignoreErrors(() => this.#removeOldFiles(publishedRun));
    lock.release();
    return { id, dateKey, publishedAt: `${publishedAt}Z` };
  }

  quarantine(run: RunRecord): void {
    const { file, lock } = this.#resources;
    this.staging.close();
    this.#writeRunHistory(run);
    this.#closeDatabase();
    file.quarantine(this.context.parameters.day);
    this.#writeToJournal(run);
    lock.release();
  }

  discard(run?: RunRecord): void {
    const { file, lock } = this.#resources;
    this.context.database.close();
    file.remove();
    ignoreErrors(() => this.#writeToJournal(run));
    lock.release();
  }

  #writeToJournal(run: RunRecord | undefined): void {
    if (run) this.#journal.write(run);
  }

  /** The generation holds the audit log and the runs since its base, and its own run. */
  #writeRunHistory(run: RunRecord | undefined): void {
    const { database, parameters } = this.context;
    const { folder, base } = this.#resources;
    ingestAuditLog(database, folder.dataDir, parameters.day);
    if (!hasRunTables(database)) return;
    copyRunHistory(database, folder.dataDir, base?.dateKey ?? 0);
    if (run) database.transaction(() => writeRun(database, run))();
  }

  /** Search indexes, the planner's statistics, and what the file says of itself. */
  #finishDatabase(): void {
    const { database, model, parameters, isRerun } = this.context;
    const fingerprint = schemaFingerprint(model);
    const isAppendOnly = !isRerun && readFingerprint(database) === fingerprint;
    if (isAppendOnly) updateSearchIndexes(this.context);
    else rebuildSearchIndexes(this.context);
    const generation = { id: this.#resources.id, dateKey: parameters.day, publishedAt: parameters.now };
    executeAll(database, renderWriteGeneration(SQLITE_BUILD_DIALECT, generation));
    writeFingerprint(database, fingerprint);
    if (!isAppendOnly || isAnalyzeDue(database)) execute(database, sql`ANALYZE`);
  }

  #closeDatabase(): void {
    const { database } = this.context;
    if (this.erasure.needsVacuum) execute(database, sql`VACUUM`);
    database.close();
  }

  /** Removes generations that are no longer kept, and once another run is published, the quarantined one. */
  #removeOldFiles(run: RunRecord | undefined): void {
    const { dataDir, keepGenerations } = this.#resources.folder;
    const replacesQuarantined =
      run?.outcome === 'published' || run?.outcome === 'accepted' || run?.outcome === 'erasure';
    const lastErasureId = this.#lastErasureId();
    const expired = listGenerationFiles(dataDir).filter(
      ({ id }, place) => place >= keepGenerations || id < lastErasureId,
    );
    for (const { path } of [...expired, ...(replacesQuarantined ? listQuarantinedFiles(dataDir) : [])])
      rmSync(path, { force: true });
  }

  /** Earlier files still hold the erased person, should the erasure have been killed before it removed them. */
  #lastErasureId(): number {
    const recent = this.#journal.recent(ERASURE_LOOKBACK_RUNS);
    return recent.find(({ outcome }) => outcome === 'erasure')?.generation ?? 0;
  }
}
