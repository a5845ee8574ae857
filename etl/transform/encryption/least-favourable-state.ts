// One state for several profiles: the least favourable of theirs.

// From worst to best. Pending arrives as unknown and outranks what is settled and good.
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
 * The least favourable of the states, as Graph spells it; null for no states. A state that Graph invents tomorrow
 * counts as unknown.
 */
export function leastFavourableState(states: readonly string[]): ProfileState | null {
  const ranks = states.map((state) => RANK.get(state) ?? FROM_WORST.indexOf('unknown'));
  return FROM_WORST[Math.min(...ranks)] ?? null;
}
