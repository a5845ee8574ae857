// $apply: what each transformation makes of the rows that the one before it handed on.
import { assertNever } from '../base/assert-never.ts';
import { FeedError } from '../base/feed-error.ts';
import { LIMITS } from '../base/limits.ts';
import type { ApplyStep } from '../odata/wanted.ts';
import {
  type ApplyRows,
  type ApplyScope,
  areEntities,
  filterRows,
  scopeWithin,
  shapeOf,
} from './apply-rows.ts';
import { bindCondition } from './bind-expression.ts';
import { bindSearch } from './bind-search.ts';
import { computeColumns } from './compute-columns.ts';
import { concatRows } from './concat-rows.ts';
import { groupRows } from './group-rows.ts';
import { planExpand } from './plan-expand.ts';
import { bindOrder, totalOrder } from './plan-order.ts';
import { rankRows, rankWithin } from './rank-rows.ts';
import type { Expansion, RowSource } from './read-plan.ts';
import { notOffered } from './refusals.ts';
import { MAIN_ROW, type Narrowed, type Scope } from './scope.ts';

/**
 * Applies transformations one after another; positions count in `$apply`. Throws as bindCondition does,
 * `request.malformed-expression` for an alias that is taken, `request.not-offered` for what is left out here.
 */
export function planApply(steps: readonly ApplyStep[], rows: ApplyRows, scope: ApplyScope): ApplyRows {
  return steps.reduce((before, step) => applyStep(before, step, scope), rows);
}

function applyStep(rows: ApplyRows, step: ApplyStep, outer: ApplyScope): ApplyRows {
  const scope = scopeWithin(rows, outer);
  const { source } = rows;
  switch (step.kind) {
    case 'identity':
      return rows;
    case 'filter':
      return filterRows(rows, bindCondition(step.expression, scope));
    case 'compute':
      return computeColumns(rows, step.items, scope);
    case 'aggregate':
      return groupRows(rows, [], step.items, scope);
    case 'groupby': {
      const [first, ...more] = step.then;
      const items = first?.kind === 'aggregate' ? first.items : [];
      const [beyond] = first && first.kind !== 'aggregate' ? [first] : more;
      const best = first && more.length === 0 ? rankWithin(source, step.by, first, scope) : null;
      if (best) return { ...rows, source: best };
      if (beyond) throw notOffered(`${beyond.kind} inside groupby, beside aggregate,`, beyond, scope);
      return groupRows(rows, step.by, items, scope);
    }
    case 'orderby':
      return { ...rows, order: [...bindOrder(step.terms, scope), ...rows.order] };
    case 'top':
      return { ...rows, source: cutRows(rows, 0, step.rows) };
    case 'skip':
      return { ...rows, source: cutRows(rows, step.rows, null) };
    case 'topcount':
    case 'topsum':
    case 'toppercent':
    case 'bottomcount':
    case 'bottomsum':
    case 'bottompercent':
      return { ...rows, source: rankRows(source, step, scope) };
    case 'concat': {
      const branches = step.of.map((branch) => planApply(branch, rows, outer));
      if (branches.some(({ expands }) => expandsDiffer(expands, branches[0]?.expands ?? []))) {
        throw notOffered('concat of rows that hold others and rows that do not', step, scope);
      }
      return concatRows(branches, { at: step.at, option: scope.option });
    }
    case 'search':
      if (!areEntities(source)) throw notOffered('search after rows were grouped', step, scope);
      return filterRows(rows, bindSearch(step.expression, scope));
    case 'expand':
      return expandRows(rows, step, scope);
    default:
      return assertNever(step);
  }
}

const expandsDiffer = (one: readonly Expansion[], other: readonly Expansion[]): boolean =>
  one !== other && one.length + other.length > 0;

/** From here on the navigation leads to what it was expanded to. */
function expandRows(
  rows: ApplyRows,
  { item }: ApplyStep & { readonly kind: 'expand' },
  scope: Scope,
): ApplyRows {
  const added = planExpand([item], scope, LIMITS);
  const twice = added.find(({ name }) => rows.expands.some((each) => each.name === name));
  if (twice) {
    const message = `${twice.name} is expanded twice.`;
    throw new FeedError('request.malformed-expression', message, { target: scope.option, position: item.at });
  }
  const narrowed = new Map([...(rows.it.narrowed ?? []), ...narrowedBy(added)]);
  return { ...rows, it: { ...rows.it, narrowed }, expands: [...rows.expands, ...added] };
}

function narrowedBy(expands: readonly Expansion[]): ReadonlyMap<string, Narrowed> {
  return new Map(
    expands.map(({ name, way, rows: { where, expands: inner } }) => {
      const { row, source: of } = way;
      const source: RowSource = where ? { kind: 'filtered', of, row, where, ...shapeOf(of) } : of;
      return [name, { source, narrowed: narrowedBy(inner) }];
    }),
  );
}

function cutRows({ source, order }: ApplyRows, skip: number, top: number | null): RowSource {
  const total = totalOrder(order, source, MAIN_ROW);
  return { kind: 'cut', of: source, row: MAIN_ROW, within: [], order: total, skip, top, ...shapeOf(source) };
}
