// What all merges of one night share: the database being built, and the night as SQL parameters.
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

/** Bound by name; every statement takes those it names. */
export interface BuildParameters {
  readonly day: DateKey;
  readonly period: number;
  /** toKey of spans that still hold. */
  readonly open: DateKey;
  /** Canonical text of the night's midnight. */
  readonly midnight: string;
  /** Canonical text of the instant of the run. */
  readonly now: string;
}

export interface BuildContext {
  readonly database: Database;
  readonly model: Model;
  readonly parameters: BuildParameters;
  /** The newest generation is of this very day: what it did for the day is undone first. */
  readonly isRerun: boolean;
}

/** The tables of what a night saw of a collection. */
export interface ResolvedTables {
  /** All things that are there; the columns are the storage's identity. */
  readonly stagedKeys: string;
  /** Those that are new or not as they were, and perhaps others; the columns are its identity and attributes. */
  readonly changedRows: string;
}

/** What a merge did, before orphans and rows seen are known. */
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

/** The first day of the month after a period (yyyymm): where spans of the period are cut. */
export function endOfPeriod(period: number): DateKey {
  return monthPartitionOf(addDays(period * 100 + 1, 31)) * 100 + 1;
}
