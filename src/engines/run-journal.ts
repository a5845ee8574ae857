// The run journal: one record for every run, and for every day on which there should have been one.
import type { DateKey } from '../base/date-key.ts';
import type { Completeness } from './staging.ts';

/** What a merge did. */
export interface MergeCounts {
  readonly entity: string;
  readonly seen: number;
  readonly inserted: number;
  readonly changed: number;
  readonly deleted: number;
  /** Rows left out because an instance they refer to is not in the warehouse. */
  readonly orphans: number;
}

/** One collection's part in a run. */
export interface MergeStep extends MergeCounts {
  readonly completeness: Completeness;
  readonly milliseconds: number;
  /** Stored rows that retention removed. */
  readonly trimmed: number;
}

/**
 * How a run ended. The values are stored and served; the code calls `refused` quarantined, `accepted` released and
 * `withdrawn` reverted.
 *
 * - `running`: not ended yet.
 * - `published`: verified and served. `accepted`: refused by verification, and published by an admin's decision.
 * - `refused`: verification refused it, and its file is quarantined. `failed`: it threw. `killed`: its process ended.
 * - `missing`: no run was made on that day; Graph has no past to read it from.
 * - `withdrawn`: was published, then reverted by a `rollback`, which is a run too.
 * - `erasure`: not a nightly run; the personal data of someone was erased from all days.
 */
export type RunOutcome =
  | 'running'
  | 'published'
  | 'accepted'
  | 'refused'
  | 'failed'
  | 'killed'
  | 'missing'
  | 'withdrawn'
  | 'rollback'
  | 'erasure';

export interface RunProblem {
  /** Path below the Graph root, or the name of a collection. */
  readonly source: string;
  /** A sentence for the admin. */
  readonly message: string;
}

export interface RunRecord {
  readonly runId: string;
  readonly dateKey: DateKey;
  readonly outcome: RunOutcome;
  /** Null for a missing run. */
  readonly startedAt: Date | null;
  /** Null while it runs, and where its end was not recorded. */
  readonly endedAt: Date | null;
  readonly milliseconds: number | null;
  /** Every source gave everything and reported no problem; null where the harvest did not finish. */
  readonly isComplete: boolean | null;
  /** The generation it published. */
  readonly generation: number | null;
  /** Why it ended this way, where that needs words. */
  readonly reason: string | null;
  readonly steps: readonly MergeStep[];
  readonly problems: readonly RunProblem[];
}

export interface RunJournal {
  /** The latest first. Empty where there is no journal yet. */
  recent(limit: number): readonly RunRecord[];
  /** Inserts the run, or replaces its record. It is on the disk when this returns. */
  write(run: RunRecord): void;
}
