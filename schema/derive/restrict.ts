// The model as one role may see it: what is hidden is not there, so that nothing downstream can name, sort or guess it.
import { makeModel, type Model } from '../model.ts';
import type { Entity, Navigation, Property } from '../words.ts';

/** What of the model may be seen. */
export interface Sight {
  /** Names of collections, or beginnings of names such as `device*`; `*` is every collection that is not kept. */
  readonly collections: readonly string[];
  /** Which columns that say something about a person are seen, by their PERSONAL_KINDS. */
  readonly personal: 'all' | 'none' | readonly string[];
}

/**
 * Collections that a seen one leads to are seen as well where they tell nothing about a person: a fact is of no use
 * without its lookups. Ways to what is hidden, or along hidden columns, are hidden. Throws a TypeError where a key would be.
 */
export function restrictModel(model: Model, sight: Sight): Model {
  const { entities } = model;
  const seen = new Set([...entities.values()].filter((each) => isNamed(each, sight)).map(({ name }) => name));
  for (const name of seen) {
    for (const { to } of Object.values(entities.get(name)?.navigations ?? {})) {
      const there = entities.get(to);
      // A set can grow while it is walked: what is added is visited too.
      if (there && !isPersonal(there)) seen.add(to);
    }
  }
  const hides = ({ properties }: Entity, name: string): boolean => {
    const kind = properties[name]?.personal;
    if (kind === undefined || sight.personal === 'all') return false;
    return sight.personal === 'none' || !sight.personal.includes(kind);
  };
  const restricted = [...entities.values()]
    .filter(({ name }) => seen.has(name))
    .map((entity): Entity => {
      const isOpen = ({ to, on }: Navigation): boolean =>
        seen.has(to) &&
        Object.entries(on).every(
          ([own, theirs]) => !hides(entity, own) && !hides(entities.get(to) ?? entity, theirs),
        );
      const { history, ...rest } = entity;
      return {
        ...rest,
        properties: Object.fromEntries(
          Object.entries(entity.properties)
            .filter(([name]) => !hides(entity, name))
            .map(([name, property]) => [name, withoutTarget(property, seen)]),
        ),
        navigations: Object.fromEntries(Object.entries(entity.navigations).filter(([, way]) => isOpen(way))),
        ...(history !== undefined && seen.has(history) && { history }),
      };
    });
  return makeModel(model.namespace, restricted);
}

/** The key of something that is hidden is a number like others. */
function withoutTarget(property: Property, seen: ReadonlySet<string>): Property {
  const { refers, ...rest } = property;
  return refers === undefined || seen.has(refers) ? property : rest;
}

function isNamed({ name, kept }: Entity, { collections }: Sight): boolean {
  return collections.some((pattern) => {
    if (pattern === '*') return !kept;
    return pattern.endsWith('*') ? !kept && name.startsWith(pattern.slice(0, -1)) : name === pattern;
  });
}

function isPersonal({ properties, kept }: Entity): boolean {
  return kept === true || Object.values(properties).some(({ personal }) => personal !== undefined);
}
