// $expand: which navigations are written inside a row, and with which of their rows and columns.
import { type NavigationProperty, findName } from '../../schema/derive/exposed-model.ts';
import { limitExceeded } from '../base/limit-exceeded.ts';
import { FeedError } from '../base/feed-error.ts';
import type { Limits } from '../base/limits.ts';
import { printNestedOptions } from '../odata/print/print-nested-options.ts';
import type { ExpandItem, NestedOptions } from '../odata/syntax/parsed-request.ts';
import { allOf } from './bind/combine-conditions.ts';
import { bindCondition } from './bind/bind-expression.ts';
import { joinNavigation } from './bind/bind-path.ts';
import { bindSearch } from './bind/bind-search.ts';
import { computeColumns } from './apply/compute-columns.ts';
import { bindOrder, totalOrder } from './plan-order.ts';
import type { Expansion } from './read-plan.ts';
import type { Scope } from './bind/scope.ts';
import { selectColumns, selectWithinExpand } from './select-columns.ts';
import { unknownProperty } from './bind/unknown-property.ts';

interface ExpandContext {
  readonly limits: Pick<Limits, 'expandedItems' | 'expandDepth' | 'expandedRows'>;
  /** Levels of $expand around this one. */
  readonly depth: number;
  /** Rows that one expansion may write at this level. */
  readonly rows: number;
  /** What `$levels=max` means at the outermost level. */
  readonly maxLevels: number;
  /** Navigations of the whole $expand so far. */
  readonly tally: { items: number };
}

/**
 * Plans the items of one $expand at the row of the scope, in the order of the model.
 * Throws as bindCondition does, `request.malformed-option` for options that do not fit, `limit.too-complex`.
 */
export function planExpand(items: readonly ExpandItem[] | null, scope: Scope): readonly Expansion[] {
  const { limits } = scope;
  // `$levels=max` is as deep as the limits allow: one level less, until all of it fits.
  const planned = (maxLevels: number): readonly Expansion[] => {
    const context = { limits, depth: 0, rows: limits.expandedRows, maxLevels, tally: { items: 0 } };
    try {
      return planLevel(items, scope, context);
    } catch (error) {
      const isTooMuch = error instanceof FeedError && error.code === 'limit.too-complex';
      if (!isTooMuch || maxLevels === 1 || !usesMaxLevels(items)) throw error;
      return planned(maxLevels - 1);
    }
  };
  return planned(limits.expandDepth);
}

function usesMaxLevels(items: readonly ExpandItem[] | null): boolean {
  return items?.some(({ options }) => options.levels === 'max' || usesMaxLevels(options.expand)) ?? false;
}

function planLevel(
  items: readonly ExpandItem[] | null,
  scope: Scope,
  context: ExpandContext,
): readonly Expansion[] {
  if (!items) return [];
  const named = items.filter(({ segments }) => segments[0] !== '*');
  const [star, another] = items.filter(({ segments }) => segments[0] === '*');
  if (another) throw malformedExpand('$expand names * twice.', another.at, 'Write * or */$ref.');
  const itemsByName = new Map<string, ExpandItem>();
  for (const item of named) {
    const { name } = navigationOf(item, scope);
    const before = itemsByName.get(name);
    if (before)
      throw malformedExpand(`$expand names ${name} twice.`, item.at, 'Put its options into one item.');
    itemsByName.set(name, item);
  }
  if (star)
    for (const name of scope.it.navigations.keys()) if (!itemsByName.has(name)) itemsByName.set(name, star);
  const { expandedItems, expandDepth } = context.limits;
  context.tally.items += itemsByName.size;
  if (context.tally.items > expandedItems) throw beyondExpandLimit('expandedItems', context);
  if (context.depth >= expandDepth) throw beyondExpandLimit('expandDepth', context);
  return [...scope.it.navigations].flatMap(([name, navigation]) => {
    const item = itemsByName.get(name);
    return item ? [planExpansion(item, navigation, scope, context)] : [];
  });
}

function planExpansion(
  item: ExpandItem,
  navigation: NavigationProperty,
  outer: Scope,
  context: ExpandContext,
): Expansion {
  const { form, options } = item;
  const start = joinNavigation(outer.it, navigation, outer.nextRow, outer);
  if (!navigation.many) refuseCollectionOptions(options, item, navigation);
  const baseScope: Scope = {
    ...outer,
    it: start.end,
    variables: new Map(),
    nextRow: outer.nextRow + 1,
  };
  const stored = { source: start.join.source, it: start.end };
  const { source: from, it } = computeColumns(stored, options.compute ?? [], baseScope);
  const scope: Scope = { ...baseScope, it };
  const { rows } = context;
  const limit = navigation.many ? Math.min(rows, options.top ?? rows) : 1;
  const inner = {
    ...context,
    depth: context.depth + 1,
    rows: navigation.many ? Math.max(1, Math.trunc(rows / 10)) : rows,
  };
  const expand = form === 'rows' ? nestedExpand(item, navigation, scope, context) : null;
  const { columns, selected } = selectColumns(options.select, { source: from, it }, '$expand');
  return {
    name: navigation.name,
    form,
    join: { ...start.join, source: from },
    rows: {
      entity: start.end.entity,
      from,
      row: start.join.row,
      columns: form === 'rows' ? columns : [],
      selected: form === 'rows' ? selected : null,
      where: allOf([
        ...(options.filter ? [bindCondition(options.filter, scope)] : []),
        ...(options.search ? [bindSearch(options.search, scope)] : []),
      ]),
      order: navigation.many ? totalOrder(bindOrder(options.orderby ?? [], scope), from, start.join.row) : [],
      skip: options.skip ?? 0,
      top: options.top,
      limit,
      count: options.count === true || form === 'count',
      expands: planLevel(selectWithinExpand(options.select, expand, scope.it, '$expand'), scope, inner),
    },
    nextLinkOptions: navigation.many && form !== 'count' ? nextLinkOptionsOf({ ...options, expand }) : null,
  };
}

// In the address of the nextLink `$it` would be another row.
function nextLinkOptionsOf(options: NestedOptions): Expansion['nextLinkOptions'] {
  const refersToOuterRow = Object.values(options.rawTexts ?? {}).some((text) => /\$it\b/.test(text));
  return refersToOuterRow ? null : printNestedOptions({ ...options, levels: null });
}

/** The $expand inside an item, with the item itself repeated as often as $levels says. */
function nestedExpand(
  { segments, form, options, at }: ExpandItem,
  navigation: NavigationProperty,
  { it }: Scope,
  { depth, maxLevels }: ExpandContext,
): readonly ExpandItem[] | null {
  const { expand } = options;
  const levels = options.levels === 'max' ? maxLevels - depth : options.levels;
  if (levels === null || options.levels === 1) return expand;
  if (segments[0] !== '*' && it.navigations.get(navigation.name)?.to !== it.entity.name) {
    const hint = '$levels needs a navigation that leads from a collection to itself.';
    throw malformedExpand(`$levels has no meaning for ${navigation.name}.`, at, hint);
  }
  if (levels <= 1) return expand;
  const next: ExpandItem = { segments, form, options: { ...options, levels: levels - 1 }, at };
  return [...(expand ?? []), next];
}

function navigationOf({ segments, at }: ExpandItem, scope: Scope): NavigationProperty {
  const [written = '', ...more] = segments;
  const navigation = scope.it.navigations.get(findName(scope.it.navigations, written) ?? '');
  if (!navigation && findName(scope.it.columns, written) === null) {
    throw unknownProperty(scope.it, written, scope.option, at);
  }
  if (!navigation)
    throw malformedExpand(`$expand takes navigations; ${written} is a property.`, at, 'Name it in $select.');
  if (more.length === 0) return navigation;
  const hint = `Write ${written}($expand=${more.join('/')}).`;
  throw malformedExpand(
    `$expand follows one navigation an item; '${segments.join('/')}' are more.`,
    at,
    hint,
  );
}

const COLLECTION_OPTIONS = ['filter', 'search', 'orderby', 'top', 'skip', 'count'] as const;

function refuseCollectionOptions(
  options: NestedOptions,
  { form, at }: ExpandItem,
  navigation: NavigationProperty,
): void {
  const misplaced = COLLECTION_OPTIONS.find((name) => options[name] !== null);
  if (misplaced === undefined && form !== 'count') return;
  const what = form === 'count' ? '/$count' : `$${misplaced ?? ''}`;
  throw malformedExpand(
    `${what} inside $expand shapes a collection, and ${navigation.name} is one row.`,
    at,
    'Leave it out.',
  );
}

function malformedExpand(message: string, position: number, hint: string): FeedError {
  return new FeedError('request.malformed-option', message, { target: '$expand', position, hint });
}

function beyondExpandLimit(limit: 'expandedItems' | 'expandDepth', { limits }: ExpandContext): FeedError {
  return limitExceeded(limit, '$expand', limits, { target: '$expand' });
}
