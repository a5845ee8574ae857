// How much a run may change row counts before it is quarantined until someone releases it.

/** In percent. */
export interface VolumeThresholds {
  /** The share of its rows that a collection may lose. */
  readonly maxDrop: number;
  /** The share of its rows that it may gain. */
  readonly maxRise: number;
  /** The share of a run's rows that may be dropped because of broken references. */
  readonly maxOrphans: number;
}

/** A fleet does not halve overnight, nor does it grow fivefold. */
export const DEFAULT_THRESHOLDS: VolumeThresholds = { maxDrop: 50, maxRise: 400, maxOrphans: 50 };
