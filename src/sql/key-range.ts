// What a plan's conditions say about its order: which reads an index serves from the first row to the last.
import type { Condition, ReadPlan, Scalar } from '../plan/read-plan.ts';

export type Comparison = Condition & { readonly kind: 'compare' };

/** The conditions that all hold, side by side. */
export function conjunctsOf(where: Condition | null): readonly Condition[] {
  if (!where) return [];
  return where.kind === 'all' ? where.of.flatMap(conjunctsOf) : [where];
}

/** A property compared with a value that is not null, else null. */
export function boundOn(condition: Condition): { readonly property: string; readonly it: Comparison } | null {
  if (condition.kind !== 'compare' || condition.operator === 'ne') return null;
  const { left, right } = condition;
  if (left.kind !== 'property' || right.kind !== 'literal' || right.value === null) return null;
  return { property: left.property, it: condition };
}

/** Properties that have one value in all rows of the answer. */
export function pinnedProperties(where: Condition | null): ReadonlySet<string> {
  const bounds = conjunctsOf(where).map(boundOn);
  return new Set(bounds.flatMap((bound) => (bound?.it.operator === 'eq' ? [bound.property] : [])));
}

/** Whether the rows come in order out of the key's own tree, forwards or backwards. */
export function isKeyOrder({ entity, order, where }: ReadPlan): boolean {
  const pinned = pinnedProperties(where);
  const free = (name: string): boolean => !pinned.has(name);
  const key = entity.key.filter(free);
  const deciding = order.filter(({ by }) => !isProperty(by) || free(by.property)).slice(0, key.length);
  const backwards = deciding[0]?.descending ?? false;
  return (
    deciding.length === key.length &&
    deciding.every(
      ({ by, descending }, index) => isProperty(by) && by.property === key[index] && descending === backwards,
    )
  );
}

/**
 * Whether the read may pass over many rows without showing one, and so must ask about its deadline. Bounds on the
 * first part of the key pass over nothing.
 */
export function mayRunLong(plan: ReadPlan): boolean {
  if (plan.skip > 0 || !isKeyOrder(plan)) return true;
  const [leading] = plan.entity.key;
  return !conjunctsOf(plan.where).every((each) => boundOn(each)?.property === leading);
}

function isProperty(scalar: Scalar): scalar is Scalar & { readonly kind: 'property' } {
  return scalar.kind === 'property';
}
