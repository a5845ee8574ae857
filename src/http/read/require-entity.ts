// A way that starts at a row: if that row does not exist, the answer is 404 and not an empty one.
import { FeedError } from '../../base/feed-error.ts';
import type { ReadPlan } from '../../plan/read-plan.ts';
import { renderExists } from '../../sql/read/render-single.ts';
import type { Feed } from '../feed.ts';

/** Throws `request.no-such-entity` where the plan matches no row; null, a way that starts at no row, always exists. */
export async function requireEntity(
  { engine, dialect }: Feed,
  plan: ReadPlan | null,
  generation: number,
  signal: AbortSignal,
): Promise<void> {
  if (plan === null) return;
  const found = await engine.readValue(generation, renderExists(plan, dialect), signal);
  if (found !== null) return;
  throw new FeedError('request.no-such-entity', `No ${plan.entity.singular} has this key.`, {
    target: plan.entity.name,
  });
}
