// The values that the statements of one build share.
import type { DateKey } from '../../base/date-key.ts';

export interface BuildParameters {
  /** The snapshot day. */
  readonly day: DateKey;
  /** Its monthly partition, yyyymm. */
  readonly period: number;
  /** The end of validity intervals that are still open. */
  readonly open: DateKey;
  /** Canonical text of the midnight at which the day begins. */
  readonly midnight: string;
  /** Canonical text of the instant of the run. */
  readonly now: string;
}

export interface BuildState {
  readonly parameters: BuildParameters;
  /** The newest generation is of this very day: what it did for the day is undone first. */
  readonly isRerun: boolean;
}
