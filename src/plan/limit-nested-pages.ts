// How many rows an expansion writes before a nextLink leads to the rest.
import type { Expansion, RowsPlan } from './read-plan.ts';

/** The same plan with smaller pages of expanded rows. Expansions that cannot have a nextLink stay whole. */
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

// A row that holds too many rows in all is tried again with pages of a tenth, of a hundredth and so on.
const SHRINK_FACTOR = 10;

/** The same plan, with a tenth of the rows in its largest pages inside a row; null where none can be smaller. */
export function withSmallerNestedPages<Plan extends RowsPlan>(plan: Plan): Plan | null {
  const largest = largestNestedPage(plan);
  return largest > 1 ? limitNestedPages(plan, Math.ceil(largest / SHRINK_FACTOR)) : null;
}

/** Rows of the largest page of expanded rows that can be made smaller; 0 where there is none. */
export function largestNestedPage({ expands }: RowsPlan): number {
  return Math.max(
    0,
    ...expands.flatMap(({ nextLinkOptions: nextLink, rows }) => [
      nextLink ? rows.limit : 0,
      largestNestedPage(rows),
    ]),
  );
}
