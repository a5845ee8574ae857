// Which reads the key of the table serves in the requested order.
import { assertNever } from '../../base/assert-never.ts';
import type { ReadPlan } from '../../plan/read-plan.ts';
import type { Condition, Order, RowSource, Scalar } from '../../plan/relational-algebra.ts';

export type Comparison = Condition & { readonly kind: 'compare' };

/** The conditions that are joined by `and`. */
export function conjunctsOf(where: Condition | null): readonly Condition[] {
  if (!where) return [];
  return where.kind === 'all' ? where.of.flatMap(conjunctsOf) : [where];
}

/** The comparison of a property with a value that is not null; else null. */
export function literalBound(
  condition: Condition,
): { readonly property: string; readonly comparison: Comparison } | null {
  if (condition.kind !== 'compare' || condition.operator === 'ne') return null;
  const { left, right } = condition;
  if (left.kind !== 'property' || right.kind !== 'literal' || right.value === null) return null;
  return { property: left.property, comparison: condition };
}

/** Properties that have the same value in all rows of the answer. */
export function fixedProperties(where: Condition | null): ReadonlySet<string> {
  const bounds = conjunctsOf(where).map(literalBound);
  return new Set(bounds.flatMap((bound) => (bound?.comparison.operator === 'eq' ? [bound.property] : [])));
}

/** Whether the key's B-tree gives the rows in order, forwards or backwards. */
export function isKeyOrder(plan: ReadPlan): boolean {
  if (!isStoredByKey(plan.from)) return false;
  const { key, deciding } = undecidedTerms(plan);
  const backwards = deciding[0]?.descending ?? false;
  return deciding.every(
    ({ by, descending }, index) => isProperty(by) && by.property === key[index] && descending === backwards,
  );
}

/** Whether at least the first term is that of the key, so that the key's B-tree gives the rows partly in order. */
export function startsInKeyOrder(plan: ReadPlan): boolean {
  if (!isStoredByKey(plan.from)) return false;
  const { key, deciding } = undecidedTerms(plan);
  const by = deciding[0]?.by;
  return by === undefined || (isProperty(by) && by.property === key[0]);
}

// The rest of the key without the properties that the filter fixes, and as many terms of the order.
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
 * Whether the read may skip many rows before it finds one, and so must check its deadline. Bounds on the first part of
 * the key skip nothing.
 */
export function mayRunLong(plan: ReadPlan): boolean {
  if (plan.skip > 0 || !isKeyOrder(plan)) return true;
  const [leading] = plan.from.key;
  return !conjunctsOf(plan.where).every((each) => literalBound(each)?.property === leading);
}

/** Whether the rows are stored in a B-tree in key order. */
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
