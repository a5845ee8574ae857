// What readers may see: four built-in roles, and those of a settings file.
import { FeedError } from '../base/feed-error.ts';
import { didYouMean } from '../base/did-you-mean.ts';

export interface Role {
  readonly name: string;
  /** Names of collections, or beginnings of names such as `device*`; `*` is every collection of the warehouse. */
  readonly collections: readonly string[];
  /** Which columns with personal data are visible, by their kind. */
  readonly personal: 'all' | 'none' | readonly string[];
  /** Whether it may read the metrics. */
  readonly metrics?: boolean;
}

/** By name. Where claims lead to several, the first in this order is taken. */
export type Roles = ReadonlyMap<string, Role>;

/** The role that sees most comes first. */
export const BUILT_IN_ROLES = {
  analyst: { name: 'analyst', collections: ['*'], personal: 'all', metrics: true },
  reader: { name: 'reader', collections: ['*'], personal: 'none' },
  auditor: { name: 'auditor', collections: ['encryption*', 'device*'], personal: 'all' },
  operator: { name: 'operator', collections: ['run*', 'reads'], personal: 'none', metrics: true },
} as const satisfies Record<string, Role>;

/**
 * All roles. Those of a settings file come first, in its order: its author knows which of them sees more. One with the name
 * of a built-in role replaces it.
 */
export function allRoles(configured: readonly Role[]): Roles {
  const builtIn = Object.values(BUILT_IN_ROLES).filter(
    ({ name }) => !configured.some((role) => role.name === name),
  );
  return new Map([...configured, ...builtIn].map((role) => [role.name, role]));
}

/** Throws `setup.bad-setting` for an unknown name; `target` is where it was written. */
export function roleNamed(roles: Roles, written: string, target: string): Role {
  const found = roles.get(written.toLowerCase());
  if (found) return found;
  throw new FeedError('setup.bad-setting', `There is no role '${written}'.`, {
    target,
    hint: didYouMean(roles.keys(), written) ?? `Roles are ${[...roles.keys()].join(', ')}.`,
  });
}
