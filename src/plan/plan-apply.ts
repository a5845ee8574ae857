// $apply: what each transformation makes of the rows that the one before it handed on.
import { absurd } from '../base/absurd.ts';
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
import { bindOrder, totalOrder } from './plan-order.ts';
import { rankRows, rankWithin } from './rank-rows.ts';
import type { RowSource } from './read-plan.ts';
import { notOffered } from './refusals.ts';
import { MAIN_ROW } from './scope.ts';

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
      return concatRows(branches, { at: step.at, option: scope.option });
    }
    case 'search':
      if (!areEntities(source)) throw notOffered('search after rows were grouped', step, scope);
      return filterRows(rows, bindSearch(step.expression, scope));
    case 'expand':
      throw notOffered(`${step.kind} inside $apply`, step, scope);
    default:
      return absurd(step);
  }
}

function cutRows({ source, order }: ApplyRows, skip: number, top: number | null): RowSource {
  const total = totalOrder(order, source, MAIN_ROW);
  return { kind: 'cut', of: source, row: MAIN_ROW, within: [], order: total, skip, top, ...shapeOf(source) };
}
