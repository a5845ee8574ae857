// What all steps of one build share: its database, and the parameters of its statements.
import type { Database } from 'better-sqlite3';
import type { Model } from '../../../../schema/model.ts';
import { type DateKey, OPEN_END, canonicalMidnight, monthPartitionOf } from '../../../base/date-key.ts';
import { canonicalInstant } from '../../../base/instant.ts';
import type { BuildParameters, BuildState } from '../../../sql/build/build-parameters.ts';

export interface BuildContext extends BuildState {
  readonly database: Database;
  readonly model: Model;
}

/** What a merge did to stored rows. */
export interface RowChanges {
  readonly inserted: number;
  readonly changed: number;
  readonly deleted: number;
}

export function buildParameters(day: DateKey, now: Date): BuildParameters {
  return {
    day,
    period: monthPartitionOf(day),
    open: OPEN_END,
    midnight: canonicalMidnight(day),
    now: canonicalInstant(now),
  };
}
