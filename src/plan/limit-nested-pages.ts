// How many rows of a collection are written inside a row before a link leads to the rest.
import type { Expansion, RowsPlan } from './read-plan.ts';

/** The same plan, with no page inside a row larger than this; rows without a way to go on stay together. */
export function limitNestedPages<Plan extends RowsPlan>(plan: Plan, limit: number): Plan {
  if (plan.expands.length === 0) return plan;
  const expands = plan.expands.map((each): Expansion => {
    const rows = limitNestedPages(each.rows, limit);
    return each.nextLinkOptions
      ? { ...each, rows: { ...rows, limit: Math.min(rows.limit, limit) } }
      : { ...each, rows };
  });
  return { ...plan, expands };
}

/** Rows of the largest page inside a row that may become smaller; 0 where there is none. */
export function largestNestedPage({ expands }: RowsPlan): number {
  return Math.max(
    0,
    ...expands.flatMap(({ nextLinkOptions: nextLink, rows }) => [
      nextLink ? rows.limit : 0,
      largestNestedPage(rows),
    ]),
  );
}
