// What readers may see: four roles to begin with, and how the claims of a token lead to one.
import { FeedError } from '../base/feed-error.ts';
import { nearestName } from '../base/nearest-name.ts';

export interface Role {
  readonly name: string;
  /** Names of collections, or beginnings of names such as `device*`; `*` is every collection of the warehouse. */
  readonly collections: readonly string[];
  /** Whether columns that say something about a person are seen. */
  readonly personal: boolean;
}

/** In the order in which the first that fits is taken where claims lead to several: who sees most. */
export const ROLES = {
  analyst: { name: 'analyst', collections: ['*'], personal: true },
  reader: { name: 'reader', collections: ['*'], personal: false },
  auditor: { name: 'auditor', collections: ['encryption*', 'device*'], personal: true },
  operator: { name: 'operator', collections: ['run*', 'reads'], personal: false },
} as const satisfies Record<string, Role>;

export type RoleName = keyof typeof ROLES;

export const ROLE_NAMES = Object.keys(ROLES) as RoleName[];

/** Throws `setup.bad-setting` for a name that is no role. */
export function roleNamed(written: string, target: string): Role {
  const found = ROLE_NAMES.find((name) => name === written.toLowerCase());
  if (found) return ROLES[found];
  const nearest = nearestName(ROLE_NAMES, written);
  throw new FeedError('setup.bad-setting', `There is no role '${written}'.`, {
    target,
    hint: nearest === null ? `Roles are ${ROLE_NAMES.join(', ')}.` : `Did you mean '${nearest}'?`,
  });
}
