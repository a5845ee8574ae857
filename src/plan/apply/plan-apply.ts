// $apply: each transformation applied to the rows of the one before.
import { assertNever } from '../../base/assert-never.ts';
import { FeedError } from '../../base/feed-error.ts';
import type { Transformation } from '../../odata/syntax/parsed-request.ts';
import {
  type ApplyRows,
  type ApplyContext,
  areEntities,
  filterRows,
  scopeOfRows,
  shapeOf,
} from './apply-rows.ts';
import { bindCondition } from '../bind/bind-expression.ts';
import { bindSearch } from '../bind/bind-search.ts';
import { computeColumns } from './compute-columns.ts';
import { concatRows } from './concat-rows.ts';
import { groupRows } from './group-rows.ts';
import { planExpand } from '../plan-expand.ts';
import { bindOrder, totalOrder } from '../plan-order.ts';
import { rankRows, rankWithinGroups } from './rank-rows.ts';
import type { Expansion } from '../read-plan.ts';
import type { RowSource } from '../relational-algebra.ts';
import { notOffered } from '../bind/bind-errors.ts';
import { MAIN_ROW, type FilteredExpansion, type Scope } from '../bind/scope.ts';

/**
 * Applies transformations one after another; positions count in `$apply`. Throws as bindCondition does,
 * `request.malformed-expression` for an alias that is taken, `request.not-offered` for what this feed does not support.
 */
export function planApply(
  transformations: readonly Transformation[],
  rows: ApplyRows,
  scope: ApplyContext,
): ApplyRows {
  return transformations.reduce(
    (before, transformation) => applyTransformation(before, transformation, scope),
    rows,
  );
}

function applyTransformation(
  rows: ApplyRows,
  transformation: Transformation,
  outer: ApplyContext,
): ApplyRows {
  const scope = scopeOfRows(rows, outer);
  const { source } = rows;
  switch (transformation.kind) {
    case 'identity':
      return rows;
    case 'filter':
      return filterRows(rows, bindCondition(transformation.expression, scope));
    case 'compute':
      return computeColumns(rows, transformation.items, scope);
    case 'aggregate':
      return groupRows(rows, [], transformation.items, scope);
    case 'groupby': {
      const [first, ...more] = transformation.then;
      const items = first?.kind === 'aggregate' ? first.items : [];
      const [unsupported] = first && first.kind !== 'aggregate' ? [first] : more;
      const ranked =
        first && more.length === 0 ? rankWithinGroups(source, transformation.by, first, scope) : null;
      if (ranked) return { ...rows, source: ranked };
      if (unsupported)
        throw notOffered(`${unsupported.kind} inside groupby, beside aggregate,`, unsupported, scope);
      return groupRows(rows, transformation.by, items, scope);
    }
    case 'orderby':
      return { ...rows, order: [...bindOrder(transformation.terms, scope), ...rows.order] };
    case 'top':
      return { ...rows, source: limitRows(rows, 0, transformation.rows) };
    case 'skip':
      return { ...rows, source: limitRows(rows, transformation.rows, null) };
    case 'topcount':
    case 'topsum':
    case 'toppercent':
    case 'bottomcount':
    case 'bottomsum':
    case 'bottompercent':
      return { ...rows, source: rankRows(source, transformation, scope) };
    case 'concat': {
      const branches = transformation.of.map((branch) => planApply(branch, rows, outer));
      if (branches.some(({ expands }) => expandsDiffer(expands, branches[0]?.expands ?? []))) {
        throw notOffered('concat of rows that hold others and rows that do not', transformation, scope);
      }
      return concatRows(branches, scope, transformation.at);
    }
    case 'search':
      if (!areEntities(source)) throw notOffered('search after rows were grouped', transformation, scope);
      return filterRows(rows, bindSearch(transformation.expression, scope));
    case 'expand':
      return expandRows(rows, transformation, scope);
    default:
      return assertNever(transformation);
  }
}

const expandsDiffer = (one: readonly Expansion[], other: readonly Expansion[]): boolean =>
  one !== other && one.length + other.length > 0;

/** After expand, the navigation leads to the filtered rows only. */
function expandRows(
  rows: ApplyRows,
  { item }: Transformation & { readonly kind: 'expand' },
  scope: Scope,
): ApplyRows {
  const added = planExpand([item], scope);
  const twice = added.find(({ name }) => rows.expands.some((each) => each.name === name));
  if (twice) {
    const message = `${twice.name} is expanded twice.`;
    throw new FeedError('request.malformed-expression', message, { target: scope.option, position: item.at });
  }
  const filteredExpansions = new Map([...(rows.it.filteredExpansions ?? []), ...filteredExpansionsOf(added)]);
  return { ...rows, it: { ...rows.it, filteredExpansions }, expands: [...rows.expands, ...added] };
}

function filteredExpansionsOf(expands: readonly Expansion[]): ReadonlyMap<string, FilteredExpansion> {
  return new Map(
    expands.map(({ name, join, rows: { where, expands: inner } }) => {
      const { row, source: of } = join;
      const source: RowSource = where ? { kind: 'filtered', of, row, where, ...shapeOf(of) } : of;
      return [name, { source, filteredExpansions: filteredExpansionsOf(inner) }];
    }),
  );
}

function limitRows({ source, order }: ApplyRows, skip: number, top: number | null): RowSource {
  const total = totalOrder(order, source, MAIN_ROW);
  return {
    kind: 'limited',
    of: source,
    row: MAIN_ROW,
    partitionBy: [],
    order: total,
    skip,
    top,
    ...shapeOf(source),
  };
}
