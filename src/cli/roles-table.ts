// What each role sees, as people read it: what `print roles` prints.
import { restrictModel } from '../../schema/derive/restrict.ts';
import type { Model } from '../../schema/model.ts';
import type { Role, Roles } from '../auth/roles.ts';

/** One role a paragraph: its collections, then the columns of them that it does not see. */
export function rolesTable(model: Model, roles: Roles): string {
  return [...roles.values()].map((role) => describe(model, role)).join('\n\n');
}

function describe(model: Model, role: Role): string {
  const seen = restrictModel(model, role).entities;
  const hidden = [...seen.values()].flatMap(({ name, properties }) =>
    Object.keys(model.entities.get(name)?.properties ?? {})
      .filter((property) => !(property in properties))
      .map((property) => `${name}.${property}`),
  );
  const { personal } = role;
  return [
    role.name,
    `    collections: ${seen.size} of ${model.entities.size}: ${[...seen.keys()].join(', ')}`,
    `    personal columns: ${typeof personal === 'string' ? personal : personal.join(', ') || 'none'}`,
    `    hidden columns: ${hidden.join(', ') || 'none'}`,
    `    metrics: ${role.metrics === true ? 'yes' : 'no'}`,
  ].join('\n');
}
