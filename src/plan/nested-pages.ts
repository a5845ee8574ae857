// How many rows of a collection are written inside a row before a link leads to the rest.
import type { Expansion, RowsPlan } from './read-plan.ts';

/** The same plan, with no page inside a row larger than this; rows without a way to go on stay together. */
export function withNestedPages<Plan extends RowsPlan>(plan: Plan, most: number): Plan {
  if (plan.expands.length === 0) return plan;
  const expands = plan.expands.map((each): Expansion => {
    const rows = withNestedPages(each.rows, most);
    return each.further ? { ...each, rows: { ...rows, most: Math.min(rows.most, most) } } : { ...each, rows };
  });
  return { ...plan, expands };
}

/** Rows of the largest page inside a row that may become smaller; 0 where there is none. */
export function largestNestedPage({ expands }: RowsPlan): number {
  return Math.max(
    0,
    ...expands.flatMap(({ further, rows }) => [further ? rows.most : 0, largestNestedPage(rows)]),
  );
}
