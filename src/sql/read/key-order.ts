// What a plan's conditions say about its order: which reads an index serves from the first row to the last.
import { assertNever } from '../../base/assert-never.ts';
import type { ReadPlan } from '../../plan/read-plan.ts';
import type { Condition, Order, RowSource, Scalar } from '../../plan/relational-algebra.ts';

export type Comparison = Condition & { readonly kind: 'compare' };

/** The conditions that all hold, side by side. */
export function conjunctsOf(where: Condition | null): readonly Condition[] {
  if (!where) return [];
  return where.kind === 'all' ? where.of.flatMap(conjunctsOf) : [where];
}

/** A property compared with a value that is not null, else null. */
export function literalBound(
  condition: Condition,
): { readonly property: string; readonly comparison: Comparison } | null {
  if (condition.kind !== 'compare' || condition.operator === 'ne') return null;
  const { left, right } = condition;
  if (left.kind !== 'property' || right.kind !== 'literal' || right.value === null) return null;
  return { property: left.property, comparison: condition };
}

/** Properties that have one value in all rows of the answer. */
export function fixedProperties(where: Condition | null): ReadonlySet<string> {
  const bounds = conjunctsOf(where).map(literalBound);
  return new Set(bounds.flatMap((bound) => (bound?.comparison.operator === 'eq' ? [bound.property] : [])));
}

/** Whether the rows come in order out of the key's own tree, forwards or backwards. */
export function isKeyOrder(plan: ReadPlan): boolean {
  if (!isStoredByKey(plan.from)) return false;
  const { key, deciding } = undecidedTerms(plan);
  const backwards = deciding[0]?.descending ?? false;
  return deciding.every(
    ({ by, descending }, index) => isProperty(by) && by.property === key[index] && descending === backwards,
  );
}

/** Whether at least the first term is the key's, so that the rows come out of its tree in groups that follow the order. */
export function startsInKeyOrder(plan: ReadPlan): boolean {
  if (!isStoredByKey(plan.from)) return false;
  const { key, deciding } = undecidedTerms(plan);
  const by = deciding[0]?.by;
  return by === undefined || (isProperty(by) && by.property === key[0]);
}

// What is left to decide once the filter has pinned some properties: the key's names, and as many terms of the order.
function undecidedTerms({ from, order, where }: ReadPlan): {
  readonly key: readonly string[];
  readonly deciding: readonly Order[];
} {
  const fixed = fixedProperties(where);
  const key = from.key.filter((name) => !fixed.has(name));
  const free = order.filter(({ by }) => !isProperty(by) || !fixed.has(by.property));
  return { key, deciding: free.slice(0, key.length) };
}

/**
 * Whether the read may pass over many rows without showing one, and so must ask about its deadline. Bounds on the
 * first part of the key pass over nothing.
 */
export function mayRunLong(plan: ReadPlan): boolean {
  if (plan.skip > 0 || !isKeyOrder(plan)) return true;
  const [leading] = plan.from.key;
  return !conjunctsOf(plan.where).every((each) => literalBound(each)?.property === leading);
}

/** Whether the rows lie in a tree in the order of their key. */
function isStoredByKey(source: RowSource): boolean {
  switch (source.kind) {
    case 'collection':
      return true;
    case 'computed':
    case 'filtered':
      return isStoredByKey(source.of);
    case 'grouped':
    case 'limited':
    case 'topUntilTotal':
    case 'unionAll':
      return false;
    default:
      return assertNever(source);
  }
}

function isProperty(scalar: Scalar): scalar is Scalar & { readonly kind: 'property' } {
  return scalar.kind === 'property';
}
