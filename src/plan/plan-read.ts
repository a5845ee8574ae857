// Plans a parsed request in terms of the model.
import { limitExceeded } from '../base/limit-exceeded.ts';
import { FeedError } from '../base/feed-error.ts';
import type { QueryOptions, ParsedRequest } from '../odata/syntax/parsed-request.ts';
import { allOf } from './bind/combine-conditions.ts';
import { type ApplyRows, areEntities, filterRows } from './apply/apply-rows.ts';
import { bindCondition } from './bind/bind-expression.ts';
import { bindSearch } from './bind/bind-search.ts';
import { computeColumns } from './apply/compute-columns.ts';
import { planExpand } from './plan-expand.ts';
import { MAIN_ROW, type Scope, type ScopeRow, collectionRows, scopeOfEntitySet } from './bind/scope.ts';
import { checkV1Contract } from './check-v1-contract.ts';
import { historyDaysConditions } from './history-days-conditions.ts';
import type { PlanContext } from './plan-context.ts';
import { bindSkipTokenValues, bindOrder, totalOrder } from './plan-order.ts';
import { planApply } from './apply/plan-apply.ts';
import type { Expansion, ReadPlan } from './read-plan.ts';
import type { Condition, RowSource } from './relational-algebra.ts';
import { type ResolvedPath, resolvePath } from './path/resolve-path.ts';
import { selectColumns, selectWithinExpand } from './select-columns.ts';

/**
 * Plans a request whose resource is a path; documents have no plan.
 * Throws FeedError `request.*` for what the model does not have or the version does not offer, `limit.too-complex` for a
 * $skip beyond the limit.
 */
export function planRead({ resource, options }: ParsedRequest, context: PlanContext): ReadPlan {
  if (resource.kind !== 'path') throw new TypeError(`The ${resource.kind} document is not a read.`);
  const target = resolvePath(resource, { ...context, aliases: options.aliases });
  checkOptions(options, target, context);
  const { entitySet, shape } = target;
  const isPage = shape === 'page';
  const exposedModel = context.exposedModels[context.version];
  const collectionScope = scopeOfEntitySet(entitySet, {
    exposedModel,
    aliases: options.aliases,
    now: context.now,
    limits: context.limits,
    option: '$filter',
  });
  const isRows = isPage || shape === 'entity';
  const isMany = isPage || shape === 'count';
  const pathConditions = [
    ...target.where,
    ...(isMany ? historyDaysConditions(options, collectionScope) : []),
  ];
  const transformed = applyTransformations(
    options.apply,
    { source: collectionRows(entitySet), it: collectionScope.it, order: [], expands: [] },
    pathConditions,
    collectionScope,
  );
  checkSearch(options, transformed.source);
  const computed = isRows || isMany ? (options.compute ?? []) : [];
  const rows = computeColumns(transformed, computed, {
    ...scopeOfRow(transformed.it, collectionScope),
    option: '$compute',
  });
  const scope = scopeOfRow(rows.it, collectionScope);
  const requestedOrder =
    isPage && options.orderby ? bindOrder(options.orderby, { ...scope, option: '$orderby' }) : [];
  const order = totalOrder([...requestedOrder, ...rows.order], rows.source, MAIN_ROW);
  const { columns, selected } = selectColumns(isRows ? options.select : null, rows);
  const expand = isRows ? selectWithinExpand(options.select, options.expand, rows.it) : null;
  const continuation = isPage ? context.continuation : null;
  return {
    entity: entitySet.entity,
    from: rows.source,
    row: MAIN_ROW,
    version: context.version,
    shape,
    form: target.form,
    navigationOrigin: target.navigationOrigin,
    columns: writtenColumns(target, columns),
    selected,
    where: allOf([
      ...(options.apply ? [] : pathConditions),
      ...(isMany && options.filter ? [bindCondition(options.filter, scope)] : []),
      ...(isMany && options.search ? [bindSearch(options.search, { ...scope, option: '$search' })] : []),
    ]),
    order,
    after: continuation?.after.length ? bindSkipTokenValues(continuation.after, order) : null,
    skip: isPage ? rowsToSkip(options, continuation) : 0,
    top: isPage && options.top !== null ? Math.max(0, options.top - (continuation?.served ?? 0)) : null,
    count: isPage && options.count === true,
    expands: mergeExpansions(rows, planExpand(expand, { ...scope, option: '$expand' })),
    generation: continuation?.generation ?? null,
  };
}

/** A cursor that began in an expansion has no last row to continue after, only a count of rows. */
function rowsToSkip({ skip }: QueryOptions, continuation: PlanContext['continuation']): number {
  if (continuation && continuation.after.length > 0) return 0;
  return (skip ?? 0) + (continuation?.served ?? 0);
}

/** The expansions of `$apply` and of `$expand`, in the order of the model. */
function mergeExpansions({ it, expands }: ApplyRows, more: readonly Expansion[]): readonly Expansion[] {
  const duplicate = more.find(({ name }) => expands.some((each) => each.name === name));
  if (duplicate) {
    throw new FeedError('request.malformed-option', `$apply has expanded ${duplicate.name} already.`, {
      target: '$expand',
      hint: 'Leave it out of one of the two.',
    });
  }
  const all = [...expands, ...more];
  return [...it.navigations.keys()].flatMap((name) => all.filter((each) => each.name === name));
}

function scopeOfRow(it: ScopeRow, scope: Scope): Scope {
  return { ...scope, it, variables: new Map([['$it', it]]) };
}

function checkSearch({ search }: QueryOptions, source: RowSource): void {
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

/** Applies `$apply` to the rows of the path; every other option applies to its result. */
function applyTransformations(
  transformations: QueryOptions['apply'],
  stored: ApplyRows,
  conditions: readonly Condition[],
  scope: Scope,
): ApplyRows {
  if (!transformations) return stored;
  const where = allOf(conditions);
  return planApply(transformations, where ? filterRows(stored, where) : stored, scope);
}

// A reference needs only the key, which the row template adds.
function writtenColumns({ property, form }: ResolvedPath, selected: readonly string[]): readonly string[] {
  if (form === 'ref') return [];
  return property === null ? selected : [property];
}

// Options for collections, which do not apply to a single row.
const COLLECTION_OPTIONS = [
  'apply',
  'filter',
  'search',
  'orderby',
  'top',
  'skip',
  'skiptoken',
  'deltatoken',
] as const;

// Options about the content of rows, which a reference does not show.
const ROW_OPTIONS = ['select', 'expand', 'compute', 'apply'] as const;

function checkOptions(
  options: QueryOptions,
  { entitySet, shape, form, address }: ResolvedPath,
  context: PlanContext,
): void {
  if (context.version === 'v1.0') checkV1Contract(options, entitySet, address);
  const [unsupported] = options.unsupported.keys();
  if (unsupported !== undefined) {
    const message = `${unsupported} is not offered by this feed yet.`;
    throw new FeedError('request.not-offered', message, { target: unsupported, hint: OFFERED });
  }
  const misplaced = COLLECTION_OPTIONS.find((name) => options[name] !== null);
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
  const within = form === 'ref' ? ROW_OPTIONS.find((name) => options[name] !== null) : undefined;
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
