// What a parsed request means in terms of the model: the second of the four values on the request's way.
import { limitExceeded } from '../base/limit-exceeded.ts';
import { FeedError } from '../base/feed-error.ts';
import type { QueryOptions, Wanted } from '../odata/wanted.ts';
import { allOf } from './all-of.ts';
import { type ApplyRows, areEntities, filterRows } from './apply-rows.ts';
import { bindCondition } from './bind-expression.ts';
import { bindSearch } from './bind-search.ts';
import { computeColumns } from './compute-columns.ts';
import { planExpand } from './plan-expand.ts';
import { MAIN_ROW, type Scope, type ScopeRow, collectionRows, scopeOf } from './scope.ts';
import { checkContract } from './contract-v1.ts';
import { historyCondition } from './history-days.ts';
import type { PlanContext } from './plan-context.ts';
import { bindAfter, bindOrder, totalOrder } from './plan-order.ts';
import { planApply } from './plan-apply.ts';
import type { Condition, Expansion, ReadPlan, RowSource } from './read-plan.ts';
import { type Target, resolvePath } from './resolve-path.ts';
import { selectColumns, selectedWithin } from './select-columns.ts';

/**
 * Plans a request whose resource is a path; documents have no plan.
 * Throws FeedError `request.*` for what the model does not have or the version does not offer, `limit.too-complex` for a
 * $skip beyond the limit.
 */
export function planRead({ resource, options }: Wanted, context: PlanContext): ReadPlan {
  if (resource.kind !== 'path') throw new TypeError(`The ${resource.kind} document is not a read.`);
  const target = resolvePath(resource, { ...context, aliases: options.aliases });
  checkOptions(options, target, context);
  const { listing, shape } = target;
  const paged = shape === 'page';
  const catalogue = context.catalogues[context.version];
  const stored = scopeOf(listing, {
    catalogue,
    aliases: options.aliases,
    now: context.now,
    option: '$filter',
  });
  const isRows = paged || shape === 'entity';
  const many = paged || shape === 'count';
  const given = [...target.where, ...(many ? historyCondition(options, stored) : [])];
  const plain = applied(
    options.apply,
    { source: collectionRows(listing), it: stored.it, order: [], expands: [] },
    given,
    stored,
  );
  checkSearched(options, plain.source);
  const computed = isRows || many ? (options.compute ?? []) : [];
  const rows = computeColumns(plain, computed, { ...scopeAt(plain.it, stored), option: '$compute' });
  const scope = scopeAt(rows.it, stored);
  const asked = paged && options.orderby ? bindOrder(options.orderby, { ...scope, option: '$orderby' }) : [];
  const order = totalOrder([...asked, ...rows.order], rows.source, MAIN_ROW);
  const { columns, selected } = selectColumns(isRows ? options.select : null, rows);
  const expand = isRows ? selectedWithin(options.select, options.expand, rows.it) : null;
  const continuation = paged ? context.continuation : null;
  return {
    entity: listing.entity,
    from: rows.source,
    row: MAIN_ROW,
    version: context.version,
    shape,
    form: target.form,
    source: target.source,
    columns: columnsOf(target, columns),
    selected,
    where: allOf([
      ...(options.apply ? [] : given),
      ...(many && options.filter ? [bindCondition(options.filter, scope)] : []),
      ...(many && options.search ? [bindSearch(options.search, { ...scope, option: '$search' })] : []),
    ]),
    order,
    after: continuation?.after.length ? bindAfter(continuation.after, order) : null,
    skip: paged ? rowsToSkip(options, continuation) : 0,
    top: paged && options.top !== null ? Math.max(0, options.top - (continuation?.served ?? 0)) : null,
    count: paged && options.count === true,
    expands: bothExpanded(rows, planExpand(expand, { ...scope, option: '$expand' }, context.limits)),
    generation: continuation?.generation ?? null,
  };
}

/** A chain that began inside another row has no last row to go on after, only how many there were. */
function rowsToSkip({ skip }: QueryOptions, continuation: PlanContext['continuation']): number {
  if (continuation && continuation.after.length > 0) return 0;
  return (skip ?? 0) + (continuation?.served ?? 0);
}

/** What `$apply` has expanded, and what `$expand` does, in the order of the model. */
function bothExpanded({ it, expands }: ApplyRows, more: readonly Expansion[]): readonly Expansion[] {
  const twice = more.find(({ name }) => expands.some((each) => each.name === name));
  if (twice) {
    throw new FeedError('request.malformed-option', `$apply has expanded ${twice.name} already.`, {
      target: '$expand',
      hint: 'Leave it out of one of the two.',
    });
  }
  const all = [...expands, ...more];
  return [...it.ways.keys()].flatMap((name) => all.filter((each) => each.name === name));
}

function scopeAt(it: ScopeRow, scope: Scope): Scope {
  return { ...scope, it, variables: new Map([['$it', it]]) };
}

function checkSearched({ search }: QueryOptions, source: RowSource): void {
  if (!search || areEntities(source)) return;
  throw new FeedError(
    'request.not-offered',
    '$search looks for rows of a collection, and $apply made others.',
    {
      target: '$search',
      hint: 'Put search(…) into $apply, before anything is grouped.',
    },
  );
}

/** What `$apply` makes of the rows that the address gives; every other option is about its result. */
function applied(
  steps: QueryOptions['apply'],
  stored: ApplyRows,
  given: readonly Condition[],
  scope: Scope,
): ApplyRows {
  if (!steps) return stored;
  const where = allOf(given);
  return planApply(steps, where ? filterRows(stored, where) : stored, scope);
}

// A reference is made of the key, which whoever writes it knows.
function columnsOf({ property, form }: Target, chosen: readonly string[]): readonly string[] {
  if (form === 'ref') return [];
  return property === null ? chosen : [property];
}

// Options that shape a collection and mean nothing to one row.
const OF_COLLECTIONS = [
  'apply',
  'filter',
  'search',
  'orderby',
  'top',
  'skip',
  'skiptoken',
  'deltatoken',
] as const;

// Options that say what is in a row, of which a reference shows nothing.
const OF_ROWS = ['select', 'expand', 'compute', 'apply'] as const;

function checkOptions(
  options: QueryOptions,
  { listing, shape, form, address }: Target,
  context: PlanContext,
): void {
  if (context.version === 'v1.0') checkContract(options, listing, address);
  const [unread] = options.unread.keys();
  if (unread !== undefined) {
    const message = `${unread} is not offered by this feed yet.`;
    throw new FeedError('request.not-offered', message, { target: unread, hint: OFFERED });
  }
  const misplaced = OF_COLLECTIONS.find((name) => options[name] !== null);
  if (misplaced !== undefined && shape !== 'page' && shape !== 'count') {
    throw new FeedError(
      'request.malformed-option',
      `$${misplaced} shapes a collection, and ${address} is one row.`,
      { target: `$${misplaced}` },
    );
  }
  const inside = (['expand', 'compute'] as const).find((name) => options[name] !== null);
  if (
    inside !== undefined &&
    (shape === 'property' || shape === 'value' || (shape === 'count' && inside === 'expand'))
  ) {
    const message = `$${inside} adds to rows, and ${address} is a value.`;
    throw new FeedError('request.malformed-option', message, { target: `$${inside}` });
  }
  const within = form === 'ref' ? OF_ROWS.find((name) => options[name] !== null) : undefined;
  if (within !== undefined) {
    const message = `$${within} is about what rows hold, and ${address} is their addresses.`;
    throw new FeedError('request.malformed-option', message, { target: `$${within}` });
  }
  const { skipRows } = context.limits;
  if (options.skip !== null && options.skip > skipRows) {
    throw limitExceeded('skipRows', `$skip=${options.skip}`, context.limits, { target: '$skip' });
  }
}

const OFFERED =
  'Offered are $filter, $search, $apply, $orderby, $select, $expand, $compute, $top, $skip, $count and $format.';
