// Settings → the roles, checked against the model.
import { restrictModel } from '../../../schema/derive/restrict-model.ts';
import { MODEL } from '../../../schema/fleetfeed-model.ts';
import { PERSONAL_KINDS } from '../../../schema/entity.ts';
import { readRoles } from '../../auth/read-roles.ts';
import { allRoles, type Roles } from '../../auth/roles.ts';
import type { Settings } from '../../settings/settings.ts';

/** Throws `setup.bad-setting`. */
export function rolesOf({ roles: path }: Pick<Settings, 'roles'>): Roles {
  if (path === null) return allRoles([]);
  const roles = readRoles(path, { collections: [...MODEL.entities.keys()], personalKinds: PERSONAL_KINDS });
  // A role that contradicts itself fails now and not with its first reader.
  for (const role of roles.values()) restrictModel(MODEL, role);
  return roles;
}
