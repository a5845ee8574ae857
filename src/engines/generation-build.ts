// The seam between the snapshot's way and a database: one night being built beside what is served.
import type { PrivacyProfile } from '../../schema/privacy-profile.ts';
import type { Entity, PersonalKind, Row, Value } from '../../schema/entity.ts';
import type { VolumeThresholds } from '../base/volume-thresholds.ts';
import type { DateKey } from '../base/date-key.ts';
import type { Generation } from './engine.ts';

/**
 * In place of a value that the source does not tell: what a supplement tells stands there, else what the warehouse knew
 * of the thing, else null. Only for properties that may be null, and not for events, of which nothing was known before.
 */
export const NOT_REPORTED: unique symbol = Symbol('not told');

export type StagedValue = Value | typeof NOT_REPORTED;

/**
 * One thing as a stream harvested it: a value for every property without a role. A property that `refers` to a
 * dimension holds the natural text of the thing there; the merge puts the surrogate key.
 */
export interface StagedRow {
  /** What the source calls the thing, for entities with a surrogate key: never changes, never given to another. */
  readonly naturalKey?: string;
  readonly values: Readonly<Record<string, StagedValue>>;
}

/**
 * How much of a collection the harvest saw. Only from a `complete` harvest may absence be read as deletion;
 * from a `partial` one what was not seen stays as it was; a `failed` one leaves dimensions as they were and the day's facts absent.
 */
export type Completeness = 'complete' | 'partial' | 'failed';

export interface MergeCounts {
  readonly entity: string;
  readonly seen: number;
  readonly inserted: number;
  readonly changed: number;
  readonly deleted: number;
  /** Rows left out because a thing they refer to is not in the warehouse. */
  readonly orphans: number;
}

/** A collection's part in a night, for the journal. */
export interface MergeStep extends MergeCounts {
  readonly completeness: Completeness;
  readonly milliseconds: number;
  /** Stored rows that went with days which are no longer kept. */
  readonly trimmed: number;
}

/**
 * What became of a run.
 *
 * - `running`: under way.
 * - `published`: verified and served. `accepted`: refused by verification, and published knowingly.
 * - `refused`: verification refused it; it is kept aside. `failed`: it threw. `killed`: it ended without a word.
 * - `missing`: a night that nobody ran; Graph has no past to read it from.
 * - `withdrawn`: published once, and taken back by a `rollback`, which is a run of its own.
 * - `erasure`: no night, but someone's personal data taken out of all of them.
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
  /** Null for a missing night. */
  readonly startedAt: Date | null;
  /** Null while it runs, and where nobody saw it end. */
  readonly endedAt: Date | null;
  readonly milliseconds: number | null;
  /** Every source gave everything and said nothing odd; null where the harvest did not come to its end. */
  readonly isComplete: boolean | null;
  /** The generation it published. */
  readonly generation: number | null;
  /** Why it ended as it did, where that needs words. */
  readonly reason: string | null;
  readonly steps: readonly MergeStep[];
  readonly problems: readonly RunProblem[];
}

export interface RunJournal {
  /** The latest first. None where there is no journal yet. */
  recent(limit: number): readonly RunRecord[];
  /** Takes the run in, or tells it anew. On the disk when this returns. */
  write(run: RunRecord): void;
}

/** Someone in the warehouse: our key for them, and what the source calls them. */
export interface Person {
  readonly key: number;
  readonly id: string;
}

/** Someone who was erased. */
export interface Tombstone {
  /** `subjectHash` of the id. */
  readonly hash: string;
  /** What stands wherever the id stood. */
  readonly placeholder: string;
  /** Asked for. Else they had left, and are new people should the directory list them again. */
  readonly forGood: boolean;
}

/** What is written in place of a personal value; null for nothing. */
export type Redact = (kind: PersonalKind, value: string) => string | null;

export interface ErasureCounts {
  readonly people: number;
  /** By collection, rows that told something of them. */
  readonly rows: ReadonlyMap<string, number>;
}

/** Something that verification found wrong with the night. */
export interface VerifyFinding {
  readonly collection: string;
  /** A sentence an admin understands. */
  readonly message: string;
  /** Whoever read it would get wrong answers. What is only unlikely can be published knowingly, this cannot. */
  readonly isBroken: boolean;
}

export interface GenerationBuild {
  readonly dateKey: DateKey;
  /** Rows of a dimension as the last generation has them, one at a time. Nothing else may be asked of the stage meanwhile. */
  baseRows(entity: Entity): Iterable<Row>;
  /** Takes harvested rows in. The same thing twice in one night counts once, the last wins. */
  append(entity: Entity, rows: readonly StagedRow[]): void;
  /**
   * Takes in what a further source tells of things, before or after they are appended: it fills what their rows leave
   * `NOT_TOLD`. Where several tell, the last told value of each property wins; a property left out is not told. It
   * neither makes a thing nor shows that one is there.
   */
  enrich(entity: Entity, rows: readonly StagedRow[]): void;
  /**
   * Brings what was appended into the warehouse: one mechanism for every lifetime. Call once a collection,
   * dimensions before what refers to them. Running a night again first undoes what the night did.
   */
  merge(entity: Entity, completeness: Completeness): MergeCounts;
  /** Of the generation that the night builds on: whoever brings rows sees to it that these people stay nobody. */
  readonly tombstones: readonly Tombstone[];
  /**
   * Takes out what is personal of these people, on every day and in the journal: rows stay and count. What was freed is
   * overwritten when the night is published.
   */
  erase(people: readonly Person[], options: { readonly at: Date; readonly forGood: boolean }): ErasureCounts;
  /** What the last generation keeps of people; null where it was never told, and keeps everything. */
  readonly privacyProfile: PrivacyProfile | null;
  /** From this night on it keeps no more than this, of the past either. */
  applyPrivacyProfile(profile: PrivacyProfile, redact: Redact): void;
  /** People who were found gone on that day or before, and are not erased yet. */
  leaversSince(day: DateKey): readonly Person[];
  /** Ends these tombstones: from the next night on, whoever has such an id is someone new. */
  removeTombstones(hashes: readonly string[]): void;
  /**
   * Lets go of the days before `first`, but never of the last one before tonight, and of states that ended before it;
   * what remains reads as before. For collections that have days, after their merge. Returns the stored rows that went.
   */
  trim(entity: Entity, firstDay: DateKey): number;
  /**
   * Keys, references, one row a day: whatever must hold before anyone may see this night; and whether it is likely,
   * held against the night before. Empty when all is well.
   */
  verify(thresholds?: VolumeThresholds): readonly VerifyFinding[];
  // A stage ends in one of three ways; the journal is told of the run where there is one.
  /** Makes the night visible to new reads, at once and whole. The run is journalled with the generation it has become. */
  publish(run?: RunRecord): Generation;
  /** Keeps the night aside, unseen, for `Warehouse.accept`; what is served stays as it was. */
  quarantine(run: RunRecord): void;
  /** Forgets the night; what is served stays as it was. */
  discard(run?: RunRecord): void;
}

export interface Warehouse {
  /** What became of every run. `begin` brings it up to date first: runs that were killed, nights that are missing. */
  readonly journal: RunJournal;
  /** The newest generation, or null before the first night. */
  current(): Generation | null;
  /**
   * Brings the newest generation to the model where another release made it: what the model has gained is there at once
   * and not only with the next night. Publishes a generation of the same night and moment, or returns null when there is
   * nothing to do. Throws like `begin`.
   */
  migrateToModel(): Generation | null;
  /** Opens a stage on top of the newest generation. Throws `feed.night-running` when another process has one open. */
  beginBuild(dateKey: DateKey, now: Date): GenerationBuild;
  /**
   * Publishes the night that was refused and kept aside. Throws `feed.night-refused` when there is none, when another
   * was published since, and when it is broken; and like `begin`.
   */
  release(now: Date): Generation;
  /**
   * Serves an earlier generation again, as a new one with a number of its own: the one before the newest, or that of
   * the given number. The next night builds on it. Throws `setup.bad-setting` when it is not kept; and like `begin`.
   */
  rollback(generation: number | null, now: Date): Generation;
  /**
   * Erases someone for good: publishes a generation of the same night without them and removes the earlier ones, and what
   * else holds them. `by` is who asked, for the journal. Throws `feed.empty` before the first night; and like `begin`.
   */
  erase(person: Person, requestedBy: string, now: Date): ErasureCounts & { readonly generation: Generation };
}
