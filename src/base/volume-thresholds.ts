// How far a night may be from the one before until someone has to look at it first.

/** In per cent. */
export interface VolumeThresholds {
  /** Of its rows, what a collection may lose. */
  readonly maxDrop: number;
  /** Of its rows, what it may gain. */
  readonly maxRise: number;
  /** Of the rows that the night brought, those that may be left out because what they refer to is not there. */
  readonly maxOrphans: number;
}

/** A fleet does not halve overnight, nor does it grow fivefold. */
export const DEFAULT_THRESHOLDS: VolumeThresholds = { maxDrop: 50, maxRise: 400, maxOrphans: 50 };
