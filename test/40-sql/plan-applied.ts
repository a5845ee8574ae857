// Transformations of the things, as a plan of a page, and what random ones may name.
import { LIMITS } from '../../src/base/limits.ts';
import type { Transformation } from '../../src/odata/syntax/parsed-request.ts';
import { visibleColumns } from '../../src/plan/apply/apply-rows.ts';
import { planApply } from '../../src/plan/apply/plan-apply.ts';
import { totalOrder } from '../../src/plan/plan-order.ts';
import type { ReadPlan } from '../../src/plan/read-plan.ts';
import { collectionRows, MAIN_ROW, scopeOfEntitySet } from '../../src/plan/bind/scope.ts';
import type { Columns } from './random-applies.ts';
import { EXPOSED_MODEL, entitySetOf } from './things.ts';

export function planApplied(collection: string, steps: readonly Transformation[]): ReadPlan {
  const entitySet = entitySetOf(collection);
  const scope = scopeOfEntitySet(entitySet, {
    exposedModel: EXPOSED_MODEL,
    aliases: new Map(),
    now: new Date(0),
    limits: LIMITS,
    option: '$apply',
  });
  const start = { source: collectionRows(entitySet), it: scope.it, order: [], expands: [] };
  const { source, order } = planApply(steps, start, scope);
  return {
    entity: entitySet.entity,
    from: source,
    row: MAIN_ROW,
    version: 'beta',
    shape: 'page',
    form: 'rows',
    navigationOrigin: null,
    columns: [...visibleColumns(source.columns).keys()],
    selected: null,
    where: null,
    order: totalOrder(order, source, MAIN_ROW),
    after: null,
    skip: 0,
    top: null,
    count: false,
    expands: [],
    generation: null,
  };
}

/** Of things. */
export const OWN_COLUMNS: Columns = new Map([
  ['dateKey', 'measure'],
  ['thingKey', 'measure'],
  ['label', 'text'],
  ['name', 'text'],
  ['number', 'measure'],
  ['size', 'whole'],
  ['ratio', 'fraction'],
  ['on', 'truth'],
  ['flag', 'truth'],
  ['changed', 'instant'],
  ['seen', 'instant'],
]);
/** Along the ways of things. */
export const NAVIGATED_COLUMNS: Columns = new Map([
  ['kind/title', 'text'],
  ['kind/on', 'truth'],
  ['kind/parent/title', 'text'],
  ['kind/kindKey', 'measure'],
]);
