// $expand: which navigations are written inside a row, and what of their rows.
import { type Way, findName } from '../../schema/derive/catalogue.ts';
import { limitExceeded } from '../base/limit-exceeded.ts';
import { FeedError } from '../base/feed-error.ts';
import type { Limits } from '../base/limits.ts';
import { printNestedOptions } from '../odata/print-expand.ts';
import type { ExpandItem, NestedOptions } from '../odata/wanted.ts';
import { allOf } from './all-of.ts';
import { bindCondition } from './bind-expression.ts';
import { follow } from './bind-path.ts';
import { bindSearch } from './bind-search.ts';
import { computeColumns } from './compute-columns.ts';
import { bindOrder, totalOrder } from './plan-order.ts';
import type { Expansion } from './read-plan.ts';
import type { Scope } from './scope.ts';
import { selectColumns, selectedWithin } from './select-columns.ts';
import { unknownProperty } from './unknown-property.ts';

interface ExpandWords {
  readonly limits: Pick<Limits, 'expandedItems' | 'expandDepth' | 'expandedRows'>;
  /** Levels of $expand around this one. */
  readonly depth: number;
  /** Rows that one collection may hold here. */
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
export function planExpand(
  items: readonly ExpandItem[] | null,
  scope: Scope,
  limits: ExpandWords['limits'],
): readonly Expansion[] {
  // As deep as it may be, and where that is too much in all, less deep.
  const planned = (maxLevels: number): readonly Expansion[] => {
    const words = { limits, depth: 0, rows: limits.expandedRows, maxLevels, tally: { items: 0 } };
    try {
      return planLevel(items, scope, words);
    } catch (error) {
      const isTooMuch = error instanceof FeedError && error.code === 'limit.too-complex';
      if (!isTooMuch || maxLevels === 1 || !saysMax(items)) throw error;
      return planned(maxLevels - 1);
    }
  };
  return planned(limits.expandDepth);
}

function saysMax(items: readonly ExpandItem[] | null): boolean {
  return items?.some(({ options }) => options.levels === 'max' || saysMax(options.expand)) ?? false;
}

function planLevel(
  items: readonly ExpandItem[] | null,
  scope: Scope,
  words: ExpandWords,
): readonly Expansion[] {
  if (!items) return [];
  const named = items.filter(({ segments }) => segments[0] !== '*');
  const [star, another] = items.filter(({ segments }) => segments[0] === '*');
  if (another) throw malformed('$expand names * twice.', another.at, 'Write * or */$ref.');
  const wanted = new Map<string, ExpandItem>();
  for (const item of named) {
    const { name } = wayOf(item, scope);
    const before = wanted.get(name);
    if (before) throw malformed(`$expand names ${name} twice.`, item.at, 'Put its options into one item.');
    wanted.set(name, item);
  }
  if (star) for (const name of scope.it.ways.keys()) if (!wanted.has(name)) wanted.set(name, star);
  const { expandedItems, expandDepth } = words.limits;
  words.tally.items += wanted.size;
  if (words.tally.items > expandedItems) throw beyond('expandedItems', words);
  if (words.depth >= expandDepth) throw beyond('expandDepth', words);
  return [...scope.it.ways].flatMap(([name, way]) => {
    const item = wanted.get(name);
    return item ? [planExpansion(item, way, scope, words)] : [];
  });
}

function planExpansion(item: ExpandItem, way: Way, outer: Scope, words: ExpandWords): Expansion {
  const { form, options } = item;
  const start = follow(outer.it, way, outer.nextRow, outer);
  if (!way.many) refuseForOne(options, item, way);
  const bare: Scope = {
    ...outer,
    it: start.end,
    variables: new Map(),
    nextRow: outer.nextRow + 1,
  };
  const plain = { source: start.way.source, it: start.end };
  const { source: from, it } = computeColumns(plain, options.compute ?? [], bare);
  const scope: Scope = { ...bare, it };
  const { rows } = words;
  const most = way.many ? Math.min(rows, options.top ?? rows) : 1;
  const inner = {
    ...words,
    depth: words.depth + 1,
    rows: way.many ? Math.max(1, Math.trunc(rows / 10)) : rows,
  };
  const expand = form === 'rows' ? nestedExpand(item, way, scope, words) : null;
  const { columns, selected } = selectColumns(options.select, { source: from, it }, '$expand');
  return {
    name: way.name,
    form,
    way: { ...start.way, source: from },
    rows: {
      entity: start.end.entity,
      from,
      row: start.way.row,
      columns: form === 'rows' ? columns : [],
      selected: form === 'rows' ? selected : null,
      where: allOf([
        ...(options.filter ? [bindCondition(options.filter, scope)] : []),
        ...(options.search ? [bindSearch(options.search, scope)] : []),
      ]),
      order: way.many ? totalOrder(bindOrder(options.orderby ?? [], scope), from, start.way.row) : [],
      skip: options.skip ?? 0,
      top: options.top,
      most,
      count: options.count === true || form === 'count',
      expands: planLevel(selectedWithin(options.select, expand, scope.it, '$expand'), scope, inner),
    },
    further: way.many && form !== 'count' ? furtherOptions({ ...options, expand }) : null,
  };
}

// At another address `$it` would be another row.
function furtherOptions(options: NestedOptions): Expansion['further'] {
  const speaksOfOuter = Object.values(options.texts ?? {}).some((text) => /\$it\b/.test(text));
  return speaksOfOuter ? null : printNestedOptions({ ...options, levels: null });
}

/** The $expand inside an item, with the item itself once more as long as $levels wants it. */
function nestedExpand(
  { segments, form, options, at }: ExpandItem,
  way: Way,
  { it }: Scope,
  { depth, maxLevels }: ExpandWords,
): readonly ExpandItem[] | null {
  const { expand } = options;
  const levels = options.levels === 'max' ? maxLevels - depth : options.levels;
  if (levels === null || options.levels === 1) return expand;
  if (segments[0] !== '*' && it.ways.get(way.name)?.to !== it.entity.name) {
    const hint = 'A navigation goes on by itself only where it leads from a collection to itself.';
    throw malformed(`$levels has no meaning for ${way.name}.`, at, hint);
  }
  if (levels <= 1) return expand;
  const next: ExpandItem = { segments, form, options: { ...options, levels: levels - 1 }, at };
  return [...(expand ?? []), next];
}

function wayOf({ segments, at }: ExpandItem, scope: Scope): Way {
  const [written = '', ...more] = segments;
  const way = scope.it.ways.get(findName(scope.it.ways, written) ?? '');
  if (!way && findName(scope.it.columns, written) === null) {
    throw unknownProperty(scope.it, written, scope.option, at);
  }
  if (!way)
    throw malformed(`$expand takes navigations; ${written} is a property.`, at, 'Name it in $select.');
  if (more.length === 0) return way;
  const hint = `Write ${written}($expand=${more.join('/')}).`;
  throw malformed(`$expand follows one navigation an item; '${segments.join('/')}' are more.`, at, hint);
}

const OF_COLLECTIONS = ['filter', 'search', 'orderby', 'top', 'skip', 'count'] as const;

function refuseForOne(options: NestedOptions, { form, at }: ExpandItem, way: Way): void {
  const misplaced = OF_COLLECTIONS.find((name) => options[name] !== null);
  if (misplaced === undefined && form !== 'count') return;
  const what = form === 'count' ? '/$count' : `$${misplaced ?? ''}`;
  throw malformed(
    `${what} inside $expand shapes a collection, and ${way.name} is one row.`,
    at,
    'Leave it out.',
  );
}

function malformed(message: string, position: number, hint: string): FeedError {
  return new FeedError('request.malformed-option', message, { target: '$expand', position, hint });
}

function beyond(limit: 'expandedItems' | 'expandDepth', { limits }: ExpandWords): FeedError {
  return limitExceeded(limit, '$expand', limits, { target: '$expand' });
}
