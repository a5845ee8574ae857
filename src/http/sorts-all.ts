// Whether a page costs a sort of everything that it is a part of.
import type { ReadPlan } from '../plan/read-plan.ts';
import { startsInKeyOrder } from '../sql/read/key-order.ts';
import type { Feed } from './feed.ts';

/** Whether no index has the rows even in the order of the first term. */
export function needsFullSort({ indexedColumns }: Pick<Feed, 'indexedColumns'>, plan: ReadPlan): boolean {
  const by = plan.order[0]?.by;
  const isIndexed = by?.kind === 'property' && indexedColumns.get(plan.entity.name)?.has(by.property);
  return isIndexed !== true && !startsInKeyOrder(plan);
}
