// The model of the warehouse: the entities of all subjects, checked against each other when the program starts.
import type { Entity } from './entity.ts';

export interface Model {
  /** Of the entity types in $metadata. */
  readonly namespace: string;
  /** By collection name, in the order of the service document. */
  readonly entities: ReadonlyMap<string, Entity>;
}

/** Makes a model of the entities. Throws a TypeError that names the first contradiction among them. */
export function makeModel(namespace: string, entities: readonly Entity[]): Model {
  const byName = new Map(entities.map((each) => [each.name, each]));
  if (byName.size < entities.length) throw new TypeError('Two collections have the same name.');
  const inverses = new Set<string>();
  for (const each of entities) {
    for (const name of each.key) {
      const property = each.properties[name];
      if (!property) throw new TypeError(`${each.name}: its key names '${name}', which it does not have.`);
      if (property.nullable)
        throw new TypeError(`${each.name}.${name} is part of the key and must not be null.`);
    }
    for (const [name, property] of Object.entries(each.properties)) {
      if (property.refers !== undefined && !byName.has(property.refers)) {
        throw new TypeError(`${each.name}.${name} refers to '${property.refers}', which does not exist.`);
      }
    }
    for (const [name, { personal, type, nullable }] of Object.entries(each.properties)) {
      if (personal === undefined) continue;
      if (type !== 'Edm.String' || (personal !== 'id' && !nullable))
        throw new TypeError(`${each.name}.${name} is personal and could not be erased.`);
    }
    const backNavigations = Object.values(byName.get(each.history ?? '')?.navigations ?? {});
    if (each.history !== undefined && backNavigations.filter(({ to }) => to === each.name).length !== 1) {
      throw new TypeError(`${each.name}: its history '${each.history}' does not lead back to it by one way.`);
    }
    for (const [name, navigation] of Object.entries(each.navigations)) {
      const target = byName.get(navigation.to);
      if (!target)
        throw new TypeError(`${each.name}/${name} leads to '${navigation.to}', which does not exist.`);
      if (name in each.properties) throw new TypeError(`${each.name}/${name} is also a property.`);
      for (const [own, theirs] of Object.entries(navigation.on)) {
        if (!each.properties[own]) throw new TypeError(`${each.name}/${name}: no own property '${own}'.`);
        if (!target.properties[theirs])
          throw new TypeError(`${each.name}/${name}: ${navigation.to} has no '${theirs}'.`);
      }
      const inversePath = `${navigation.to}/${navigation.inverse}`;
      if (
        inverses.has(inversePath) ||
        navigation.inverse in target.properties ||
        navigation.inverse in target.navigations
      ) {
        throw new TypeError(`${each.name}/${name}: the way back '${inversePath}' is already taken.`);
      }
      inverses.add(inversePath);
    }
  }
  return { namespace, entities: byName };
}
