// What each role sees, as people read it: what `print roles` prints.
import { restrictModel } from '../../../schema/derive/restrict-model.ts';
import type { Model } from '../../../schema/model.ts';
import type { Role, Roles } from '../../auth/roles.ts';

/** One role a paragraph: its collections, then the columns of them that it does not see. */
export function rolesTable(model: Model, roles: Roles): string {
  return [...roles.values()].map((role) => describeRole(model, role)).join('\n\n');
}

function describeRole(model: Model, role: Role): string {
  const visible = restrictModel(model, role).entities;
  const hidden = [...visible.values()].flatMap(({ name, properties }) =>
    Object.keys(model.entities.get(name)?.properties ?? {})
      .filter((property) => !(property in properties))
      .map((property) => `${name}.${property}`),
  );
  const { personal } = role;
  return [
    role.name,
    `    collections: ${visible.size} of ${model.entities.size}: ${[...visible.keys()].join(', ')}`,
    `    personal columns: ${typeof personal === 'string' ? personal : personal.join(', ') || 'none'}`,
    `    hidden columns: ${hidden.join(', ') || 'none'}`,
    `    metrics: ${role.metrics === true ? 'yes' : 'no'}`,
  ].join('\n');
}
