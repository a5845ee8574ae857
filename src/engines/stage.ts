// The seam between the snapshot's way and a database: one night being built beside what is served.
import type { Entity, Row, Value } from '../../schema/words.ts';
import type { DateKey } from '../base/date-key.ts';
import type { Generation } from './engine.ts';

/**
 * In place of a value that the source does not tell: what a supplement tells stands there, else what the warehouse knew
 * of the thing, else null. Only for properties that may be null, and not for events, of which nothing was known before.
 */
export const NOT_TOLD: unique symbol = Symbol('not told');

export type StagedValue = Value | typeof NOT_TOLD;

/**
 * One thing as a stream harvested it: a value for every property without a role. A property that `refers` to a
 * dimension holds the natural text of the thing there; the merge puts the surrogate key.
 */
export interface StagedRow {
  /** What the source calls the thing, for entities with a surrogate key: never changes, never given to another. */
  readonly natural?: string;
  readonly values: Readonly<Record<string, StagedValue>>;
}

/**
 * How much of a collection the harvest saw. Only from a `complete` harvest may absence be read as deletion;
 * from a `partial` one what was not seen stays as it was; a `failed` one leaves dimensions as they were and the day's facts absent.
 */
export type Completeness = 'complete' | 'partial' | 'failed';

export interface Merged {
  readonly entity: string;
  readonly seen: number;
  readonly inserted: number;
  readonly changed: number;
  readonly deleted: number;
  /** Rows left out because a thing they refer to is not in the warehouse. */
  readonly orphans: number;
}

/** A collection's part in a night, for the journal. */
export interface NightStep extends Merged {
  readonly completeness: Completeness;
  readonly milliseconds: number;
}

/** A night as the journal tells it. */
export interface NightRecord {
  readonly run: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly milliseconds: number;
  /** `partial` when something was not harvested, or not wholly. */
  readonly verdict: 'complete' | 'partial';
  readonly steps: readonly NightStep[];
  /** What the sources had to say, in words for the admin. */
  readonly problems: readonly { readonly source: string; readonly message: string }[];
}

/** Something that verification found wrong with the night. */
export interface Finding {
  readonly collection: string;
  /** A sentence an admin understands. */
  readonly message: string;
}

export interface Stage {
  readonly dateKey: DateKey;
  /** Rows of a collection as the last generation has them; for small dimensions only. */
  existing(entity: Entity): readonly Row[];
  /** Takes harvested rows in. The same thing twice in one night counts once, the last wins. */
  append(entity: Entity, rows: readonly StagedRow[]): void;
  /**
   * Takes in what a further source tells of things, before or after they are appended: it fills what their rows leave
   * `NOT_TOLD`. Where several tell, the last told value of each property wins; a property left out is not told. It
   * neither makes a thing nor shows that one is there.
   */
  supplement(entity: Entity, rows: readonly StagedRow[]): void;
  /**
   * Brings what was appended into the warehouse: one mechanism for every lifetime. Call once a collection,
   * dimensions before what refers to them. Running a night again first undoes what the night did.
   */
  merge(entity: Entity, completeness: Completeness): Merged;
  /** Keys, references, one row a day: whatever must hold before anyone may see this night. Empty when all is well. */
  verify(): readonly Finding[];
  /** Writes the night into the generation's own journal; the nights before are there already. */
  journal(record: NightRecord): void;
  /** Makes the night visible to new reads, at once and whole. */
  publish(): Generation;
  /** Forgets the night; what is served stays as it was. */
  discard(): void;
}

export interface Warehouse {
  /** The newest generation, or null before the first night. */
  current(): Generation | null;
  /**
   * Brings the newest generation to the model where another release made it: what the model has gained is there at once
   * and not only with the next night. Publishes a generation of the same night and moment, or returns null when there is
   * nothing to do. Throws like `begin`.
   */
  catchUp(): Generation | null;
  /** Opens a stage on top of the newest generation. Throws `feed.night-running` when another process has one open. */
  begin(dateKey: DateKey, now: Date): Stage;
}
