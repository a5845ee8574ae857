// What readers may see: four roles to begin with, and how a name leads to one.
import { FeedError } from '../base/feed-error.ts';
import { didYouMean } from '../base/did-you-mean.ts';

export interface Role {
  readonly name: string;
  /** Names of collections, or beginnings of names such as `device*`; `*` is every collection of the warehouse. */
  readonly collections: readonly string[];
  /** Which columns that say something about a person are seen, by the kind of what they say. */
  readonly personal: 'all' | 'none' | readonly string[];
  /** Whether it sees how the feed itself is doing. */
  readonly metrics?: boolean;
}

/** By name, in the order in which the first that fits is taken where claims lead to several. */
export type Roles = ReadonlyMap<string, Role>;

/** Who sees most comes first. */
export const BUILT_IN_ROLES = {
  analyst: { name: 'analyst', collections: ['*'], personal: 'all', metrics: true },
  reader: { name: 'reader', collections: ['*'], personal: 'none' },
  auditor: { name: 'auditor', collections: ['encryption*', 'device*'], personal: 'all' },
  operator: { name: 'operator', collections: ['run*', 'reads'], personal: 'none', metrics: true },
} as const satisfies Record<string, Role>;

/**
 * All roles there are. Those of a settings file stand first, in its order: it knows better than we who of its readers
 * sees more. One of the name of ours stands in its place.
 */
export function allRoles(own: readonly Role[]): Roles {
  const builtIn = Object.values(BUILT_IN_ROLES).filter(({ name }) => !own.some((role) => role.name === name));
  return new Map([...own, ...builtIn].map((role) => [role.name, role]));
}

/** Throws `setup.bad-setting` for a name that is no role; `target` is where it was written. */
export function roleNamed(roles: Roles, written: string, target: string): Role {
  const found = roles.get(written.toLowerCase());
  if (found) return found;
  throw new FeedError('setup.bad-setting', `There is no role '${written}'.`, {
    target,
    hint: didYouMean(roles.keys(), written) ?? `Roles are ${[...roles.keys()].join(', ')}.`,
  });
}
