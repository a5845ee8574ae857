// What all steps of one build share: the database being built, and its day and instant as SQL parameters.
import type { Database } from 'better-sqlite3';
import type { Model } from '../../../../schema/model.ts';
import {
  type DateKey,
  OPEN_END,
  addDays,
  canonicalMidnight,
  monthPartitionOf,
} from '../../../base/date-key.ts';
import { canonicalInstant } from '../../../base/instant.ts';

/** Bound by name; a statement uses those it names. */
export interface BuildParameters {
  readonly day: DateKey;
  readonly period: number;
  /** toKey of open validity intervals. */
  readonly open: DateKey;
  /** Canonical text of the first instant of the day. */
  readonly midnight: string;
  /** Canonical text of the instant of the run. */
  readonly now: string;
}

export interface BuildContext {
  readonly database: Database;
  readonly model: Model;
  readonly parameters: BuildParameters;
  /** The base generation is of the same day: what it merged for the day is undone first. */
  readonly isRerun: boolean;
}

/** Temporary tables of one collection. */
export interface ResolvedTables {
  /** Every instance that was staged; the columns are the storage's identity. */
  readonly stagedKeys: string;
  /** At least those that are new or changed; the columns are the identity and the attributes. */
  readonly changedRows: string;
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

/** The first day of the month after a period (yyyymm): where validity intervals of the period are cut. */
export function endOfPeriod(period: number): DateKey {
  return monthPartitionOf(addDays(period * 100 + 1, 31)) * 100 + 1;
}
