// Conditions that hold together, as one.
import type { Condition } from '../read-plan.ts';

/** One condition is itself; several lie side by side, however they were nested; none is none. */
export function allOf(conditions: readonly Condition[]): Condition | null {
  const of = conditions.flatMap((each) => (each.kind === 'all' ? each.of : [each]));
  const [first] = of;
  if (!first) return null;
  return of.length === 1 ? first : { kind: 'all', of };
}
