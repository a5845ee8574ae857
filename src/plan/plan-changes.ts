// Changes of a read between two generations: the same read, planned for each of them.
import { isDeepStrictEqual } from 'node:util';
import type { Entity } from '../../schema/entity.ts';
import type { DateKey } from '../base/date-key.ts';
import { FeedError } from '../base/feed-error.ts';
import type { QueryOptions, ParsedRequest } from '../odata/syntax/parsed-request.ts';
import { allOf } from './bind/combine-conditions.ts';
import { columnWithRole, compareColumn } from './bind/column-scalar.ts';
import type { PlanContext } from './plan-context.ts';
import { planRead } from './plan-read.ts';
import type { ReadPlan } from './read-plan.ts';
import type { Condition } from './relational-algebra.ts';
import { MAIN_ROW } from './bind/scope.ts';

/** Both reads are in key order. */
export interface ChangesPlan {
  /** In the newer generation. */
  readonly newer: ReadPlan;
  /** In the earlier one. */
  readonly earlier: ReadPlan;
  /** Both plans have the same conditions, although their times differ: within one generation nothing can have changed. */
  readonly isSameQuery: boolean;
}

/** What a client has read before. */
export interface ChangesSince {
  /** The first snapshot day that was published since, that of the earlier generation included. */
  readonly firstDay: DateKey;
  /** The time of `now()` and maxhistorydays then. */
  readonly startedAt: Date;
}

// The standard excludes $top and $skip from delta links; changes of expanded and grouped rows are not tracked.
const UNTRACKABLE_OPTIONS = ['apply', 'expand', 'top', 'skip'] as const;

/** Whether the changes of the rows can be tracked. */
export function canTrackChanges({ options }: ParsedRequest, { version, shape, form }: ReadPlan): boolean {
  return (
    version === 'beta' && shape === 'page' && form === 'rows' && untrackableOption(options) === undefined
  );
}

/** Throws as planRead does, and `request.not-offered` for reads whose changes cannot be tracked. */
export function planChanges(request: ParsedRequest, since: ChangesSince, context: PlanContext): ChangesPlan {
  // Changes come in key order, whatever the order of the first read.
  const inKeyOrder: ParsedRequest = { ...request, options: { ...request.options, orderby: null } };
  const newer = planRead(inKeyOrder, context);
  if (!canTrackChanges(request, newer)) throw changesNotOffered(request.options);
  const earlier = planRead(inKeyOrder, { ...context, now: since.startedAt, continuation: null });
  const isSameQuery = isDeepStrictEqual([newer.where, newer.from], [earlier.where, earlier.from]);
  const days =
    isSameQuery && !dependsOnOtherRows(newer) ? conditionsFromDay(newer.entity, since.firstDay) : [];
  const withDays = (plan: ReadPlan): ReadPlan => ({
    ...plan,
    where: allOf([...days, ...(plan.where ? [plan.where] : [])]),
  });
  return { newer: withDays(newer), earlier: withDays(earlier), isSameQuery };
}

function untrackableOption(options: QueryOptions): string | undefined {
  return UNTRACKABLE_OPTIONS.find((name) => options[name] !== null);
}

function changesNotOffered(options: QueryOptions): FeedError {
  const option = untrackableOption(options);
  const subject = option === undefined ? 'of this address' : `beside $${option}`;
  return new FeedError('request.not-offered', `Changes ${subject} cannot be followed.`, {
    target: '$deltatoken',
    hint: 'Changes can be tracked of the rows of one collection, with $filter, $search, $select and $compute.',
  });
}

/** Days before the first one published since are closed, and never change. */
function conditionsFromDay(entity: Entity, firstDay: DateKey): readonly Condition[] {
  const day = columnWithRole(MAIN_ROW, entity, 'day');
  return day ? [compareColumn(day, 'ge', BigInt(firstDay))] : [];
}

const OTHER_ROW_KINDS: ReadonlySet<unknown> = new Set(['collection', 'asOf']);

/** Whether rows of closed days may come and go with the values of other rows, or of other days. */
function dependsOnOtherRows({ where, from }: ReadPlan): boolean {
  const mentionsOtherRows = (value: unknown): boolean => {
    if (typeof value !== 'object' || value === null) return false;
    if ('kind' in value && OTHER_ROW_KINDS.has(value.kind)) return true;
    return (value instanceof Map ? [...value.values()] : Object.values(value)).some(mentionsOtherRows);
  };
  return mentionsOtherRows(where) || (from.kind === 'computed' && mentionsOtherRows(from.added));
}
