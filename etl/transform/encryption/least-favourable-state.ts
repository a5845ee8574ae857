// Combines the states of several profiles into one: the least favourable.

// From worst to best. Pending arrives as unknown, and ranks before the good states.
const FROM_WORST = [
  'error',
  'conflict',
  'nonCompliant',
  'unknown',
  'remediated',
  'compliant',
  'notApplicable',
  'notAssigned',
] as const;

export type ProfileState = (typeof FROM_WORST)[number];

const RANK: ReadonlyMap<string, number> = new Map(FROM_WORST.map((state, rank) => [state, rank]));

/**
 * The least favourable of the states, as Graph spells it; null for no states. A state that Graph adds later
 * counts as unknown.
 */
export function leastFavourableState(states: readonly string[]): ProfileState | null {
  const ranks = states.map((state) => RANK.get(state) ?? FROM_WORST.indexOf('unknown'));
  return FROM_WORST[Math.min(...ranks)] ?? null;
}
