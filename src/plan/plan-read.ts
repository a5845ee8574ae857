// What a parsed request means in terms of the model: the second of the four values on the request's way.
import { FeedError } from '../base/feed-error.ts';
import type { QueryOptions, Wanted } from '../odata/wanted.ts';
import { allOf } from './all-of.ts';
import { bindCondition } from './bind-expression.ts';
import { bindSearch } from './bind-search.ts';
import { MAIN_ROW, collectionRows, scopeOf } from './scope.ts';
import { checkContract } from './contract-v1.ts';
import { historyCondition } from './history-days.ts';
import type { PlanContext } from './plan-context.ts';
import { bindAfter, bindOrder, totalOrder } from './plan-order.ts';
import type { ReadPlan } from './read-plan.ts';
import { type Target, resolvePath } from './resolve-path.ts';
import { selectColumns } from './select-columns.ts';

/**
 * Plans a request whose resource is a path; documents have no plan.
 * Throws FeedError `request.*` for what the model does not have or the version does not offer, `limit.too-complex` for a
 * $skip beyond the limit.
 */
export function planRead({ resource, options }: Wanted, context: PlanContext): ReadPlan {
  if (resource.kind !== 'path') throw new TypeError(`The ${resource.kind} document is not a read.`);
  const target = resolvePath(resource, context);
  checkOptions(options, target, context);
  const { listing, shape } = target;
  const catalogue = context.catalogues[context.version];
  const scope = scopeOf(listing, {
    catalogue,
    aliases: options.aliases,
    now: context.now,
    option: '$filter',
  });
  const from = collectionRows(listing);
  const paged = shape === 'page';
  const many = paged || shape === 'count';
  const asked = paged && options.orderby ? bindOrder(options.orderby, { ...scope, option: '$orderby' }) : [];
  const order = totalOrder(asked, from, MAIN_ROW);
  const { columns, selected } = selectColumns(paged || shape === 'entity' ? options.select : null, scope.it);
  const continuation = paged ? context.continuation : null;
  return {
    entity: listing.entity,
    from,
    row: MAIN_ROW,
    version: context.version,
    shape,
    source: target.source,
    columns: target.property === null ? columns : [target.property],
    selected,
    where: allOf([
      ...target.where,
      ...(many ? historyCondition(options, scope) : []),
      ...(many && options.filter ? [bindCondition(options.filter, scope)] : []),
      ...(many && options.search ? [bindSearch(options.search, scope.it)] : []),
    ]),
    order,
    after: continuation && bindAfter(continuation.after, order),
    skip: paged && !continuation ? (options.skip ?? 0) : 0,
    top: paged && options.top !== null ? Math.max(0, options.top - (continuation?.served ?? 0)) : null,
    count: paged && options.count === true,
    generation: continuation?.generation ?? null,
  };
}

// Options that shape a collection and mean nothing to one row.
const OF_COLLECTIONS = ['filter', 'search', 'orderby', 'top', 'skip', 'skiptoken'] as const;

function checkOptions(
  options: QueryOptions,
  { listing, shape, address }: Target,
  context: PlanContext,
): void {
  if (context.version === 'v1.0') checkContract(options, listing, address);
  const later = (['expand', 'compute', 'apply'] as const).find((name) => options[name] !== null);
  const unread = later === undefined ? [...options.unread.keys()][0] : `$${later}`;
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
  const { skipRows } = context.limits;
  if (options.skip !== null && options.skip > skipRows) {
    const message = `$skip=${options.skip} is beyond the limit of ${skipRows} rows.`;
    const hint =
      'Follow @odata.nextLink, which is as fast on the last page as on the first, or narrow $filter.';
    throw new FeedError('limit.too-complex', message, { target: '$skip', hint });
  }
}

const OFFERED = 'Offered are $filter, $search, $orderby, $select, $top, $skip, $count and $format.';
