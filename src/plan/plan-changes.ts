// What became of a read between two generations: the same read, planned for each of them.
import { isDeepStrictEqual } from 'node:util';
import type { Entity } from '../../schema/words.ts';
import type { DateKey } from '../base/date-key.ts';
import { FeedError } from '../base/feed-error.ts';
import type { QueryOptions, Wanted } from '../odata/wanted.ts';
import { allOf } from './all-of.ts';
import type { PlanContext } from './plan-context.ts';
import { planRead } from './plan-read.ts';
import type { Condition, ReadPlan } from './read-plan.ts';
import { MAIN_ROW } from './scope.ts';

/** Rows are in the order of their key in both. */
export interface ChangesPlan {
  /** In the newer generation. */
  readonly now: ReadPlan;
  /** In the earlier one. */
  readonly before: ReadPlan;
  /** Both ask the same, whatever the time: in one generation nothing can have changed. */
  readonly alike: boolean;
}

/** What a client has read before. */
export interface Since {
  /** The first night of all that were published since, that of the earlier generation among them. */
  readonly firstDay: DateKey;
  /** What `now()` and maxhistorydays meant then. */
  readonly began: Date;
}

// A delta link may know nothing of $top and $skip, and has to follow what is expanded and computed from many rows.
const UNTRACKED = ['apply', 'expand', 'top', 'skip'] as const;

/** Whether the read is of rows whose changes can be told. */
export function canTrack({ options }: Wanted, { version, shape, form }: ReadPlan): boolean {
  return version === 'beta' && shape === 'page' && form === 'rows' && hindrance(options) === undefined;
}

/** Throws as planRead does, and `request.not-offered` for reads whose changes cannot be told. */
export function planChanges(wanted: Wanted, since: Since, context: PlanContext): ChangesPlan {
  // Changes come in the order of the key, whatever the order in which the rows were read.
  const inKeyOrder: Wanted = { ...wanted, options: { ...wanted.options, orderby: null } };
  const now = planRead(inKeyOrder, context);
  if (!canTrack(wanted, now)) throw notTracked(wanted.options);
  const before = planRead(inKeyOrder, { ...context, now: since.began, continuation: null });
  const alike = isDeepStrictEqual([now.where, now.from], [before.where, before.from]);
  const days = alike && !looksElsewhere(now) ? daysFrom(now.entity, since.firstDay) : [];
  const within = (plan: ReadPlan): ReadPlan => ({
    ...plan,
    where: allOf([...days, ...(plan.where ? [plan.where] : [])]),
  });
  return { now: within(now), before: within(before), alike };
}

function hindrance(options: QueryOptions): string | undefined {
  return UNTRACKED.find((name) => options[name] !== null);
}

function notTracked(options: QueryOptions): FeedError {
  const option = hindrance(options);
  const beside = option === undefined ? 'of this address' : `beside $${option}`;
  return new FeedError('request.not-offered', `Changes ${beside} cannot be followed.`, {
    target: '$deltatoken',
    hint: 'Changes are told of the rows of one collection, with $filter, $search, $select and $compute.',
  });
}

/** Days before the nights that were published since are over, and never change. */
function daysFrom({ properties }: Entity, firstDay: DateKey): readonly Condition[] {
  const day = Object.keys(properties).find((name) => properties[name]?.role === 'day');
  if (day === undefined) return [];
  return [
    {
      kind: 'compare',
      operator: 'ge',
      left: { kind: 'property', row: MAIN_ROW, property: day, type: 'Edm.Int32', nullable: false },
      right: { kind: 'literal', value: BigInt(firstDay), type: 'Edm.Int32' },
    },
  ];
}

const ELSEWHERE: ReadonlySet<unknown> = new Set(['collection', 'asOf']);

/** Whether rows of days that are over may come and go with what other rows say, or other days. */
function looksElsewhere({ where, from }: ReadPlan): boolean {
  const holds = (value: unknown): boolean => {
    if (typeof value !== 'object' || value === null) return false;
    if ('kind' in value && ELSEWHERE.has(value.kind)) return true;
    return (value instanceof Map ? [...value.values()] : Object.values(value)).some(holds);
  };
  return holds(where) || (from.kind === 'computed' && holds(from.added));
}
