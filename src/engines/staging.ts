// Staging: what the harvest may do with the generation that is being built.
import type { Entity, Row, Value } from '../../schema/entity.ts';
import type { DateKey } from '../base/date-key.ts';

/**
 * In place of a value that the source does not report. An enrichment source fills it, else the value that the warehouse
 * has of the instance stays, else it is null. Only for nullable properties, and not for events, which have no earlier
 * state.
 */
export const NOT_REPORTED: unique symbol = Symbol('not reported');

export type StagedValue = Value | typeof NOT_REPORTED;

/**
 * One instance of an entity as a stream harvested it, with a value for every property that has no role. A property that
 * `refers` to a dimension holds the natural key; the merge replaces it by the surrogate key.
 */
export interface StagedRow {
  /** The source's identifier, for entities with a surrogate key. It never changes and is never given to another instance. */
  readonly naturalKey?: string;
  readonly values: Readonly<Record<string, StagedValue>>;
}

/**
 * How much of a collection the harvest saw. Only after a `complete` harvest does absence mean deletion. After a `partial`
 * one, what was not seen stays as it was. A `failed` one leaves dimensions as they were, and facts of the day absent.
 */
export type Completeness = 'complete' | 'partial' | 'failed';

/** After a call that throws, the build can only be discarded. */
export interface Staging {
  readonly dateKey: DateKey;
  /** Rows of a dimension in the base generation, one at a time. Until the last is read, no other call is allowed. */
  baseRows(entity: Entity): Iterable<Row>;
  /** Stages harvested rows. Where one instance comes twice in a run it counts once, and the last row wins. */
  append(entity: Entity, rows: readonly StagedRow[]): void;
  /**
   * Stages rows of an enrichment source, before or after the rows that they enrich: they fill what those leave
   * `NOT_REPORTED`. Where several sources report a property, the last reported value wins; a missing property is not
   * reported. Enrichment neither creates an instance nor shows that it still exists.
   */
  enrich(entity: Entity, rows: readonly StagedRow[]): void;
}
