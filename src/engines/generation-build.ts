// The seam between a run and a database: one generation that is being built beside what is served.
import type { Entity } from '../../schema/entity.ts';
import type { DateKey } from '../base/date-key.ts';
import type { VolumeThresholds } from '../base/volume-thresholds.ts';
import type { Generation } from './engine.ts';
import type { Erasure } from './erasure.ts';
import type { MergeCounts, RunRecord } from './run-journal.ts';
import type { Completeness, Staging } from './staging.ts';

/** Something that verification found wrong with the build. */
export interface VerifyFinding {
  readonly collection: string;
  /** A sentence an admin understands. */
  readonly message: string;
  /** Readers would get wrong answers, so it cannot be published. What is only unlikely can be, by an admin's decision. */
  readonly isBroken: boolean;
}

/** Call `publish`, `quarantine` or `discard` exactly once; `discard` also after one of the others threw. */
export interface GenerationBuild {
  readonly staging: Staging;
  readonly erasure: Erasure;
  /**
   * Merges the staged rows into the warehouse, by the lifetime of the collection. Call it once a collection, and for
   * dimensions before what refers to them. A second run of the same day first undoes what the first one did.
   */
  merge(entity: Entity, completeness: Completeness): MergeCounts;
  /**
   * Drops the days before `firstDay`, but never the last snapshot day before this one, and states that ended before it.
   * The days that stay read as before. For collections that have days, after their merge. Returns the stored rows removed.
   */
  trim(entity: Entity, firstDay: DateKey): number;
  /**
   * Checks what must hold in every generation, such as keys, references and one row a day, and whether the row counts
   * are likely after those of the base generation. Empty when all is well.
   */
  verify(thresholds?: VolumeThresholds): readonly VerifyFinding[];
  /** Makes the generation visible to new reads, at once and whole. The journal gets the run with its generation. */
  publish(run?: RunRecord): Generation;
  /** Keeps the build aside, unseen, for `Warehouse.release`. What is served stays as it was. */
  quarantine(run: RunRecord): void;
  /** Removes the build. What is served stays as it was. */
  discard(run?: RunRecord): void;
}
