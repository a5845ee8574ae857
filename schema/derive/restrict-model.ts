// The model as a role sees it. Hidden parts are removed, so that no later code can name, sort by or guess them.
import { makeModel, type Model } from '../model.ts';
import type { Entity, Navigation, Property } from '../entity.ts';

/** The visible part of the model. */
export interface ModelVisibility {
  /** Names of collections, or beginnings of names such as `device*`; `*` is every collection that is not hidden by default. */
  readonly collections: readonly string[];
  /** The kinds of personal columns that are visible. */
  readonly personal: 'all' | 'none' | readonly string[];
}

/**
 * A visible collection makes the targets of its navigations visible unless they have personal data, because a fact is of
 * no use without its lookups. Navigations to hidden collections, or over hidden columns, are hidden. Throws a TypeError
 * where a key would be hidden.
 */
export function restrictModel(model: Model, visibility: ModelVisibility): Model {
  const { entities } = model;
  const visible = new Set(
    [...entities.values()].filter((each) => isListed(each, visibility)).map(({ name }) => name),
  );
  for (const name of visible) {
    for (const { to } of Object.values(entities.get(name)?.navigations ?? {})) {
      const target = entities.get(to);
      // The outer loop also visits names that are added to the set while it runs.
      if (target && !isPersonal(target)) visible.add(to);
    }
  }
  const hides = ({ properties }: Entity, name: string): boolean => {
    const kind = properties[name]?.personal;
    if (kind === undefined || visibility.personal === 'all') return false;
    return visibility.personal === 'none' || !visibility.personal.includes(kind);
  };
  const restricted = [...entities.values()]
    .filter(({ name }) => visible.has(name))
    .map((entity): Entity => {
      const isVisibleNavigation = ({ to, on }: Navigation): boolean =>
        visible.has(to) &&
        Object.entries(on).every(
          ([own, theirs]) => !hides(entity, own) && !hides(entities.get(to) ?? entity, theirs),
        );
      const { history, ...rest } = entity;
      return {
        ...rest,
        properties: Object.fromEntries(
          Object.entries(entity.properties)
            .filter(([name]) => !hides(entity, name))
            .map(([name, property]) => [name, withoutTarget(property, visible)]),
        ),
        navigations: Object.fromEntries(
          Object.entries(entity.navigations).filter(([, navigation]) => isVisibleNavigation(navigation)),
        ),
        ...(history !== undefined && visible.has(history) && { history }),
      };
    });
  return makeModel(model.namespace, restricted);
}

/** The key of a hidden collection becomes a plain number. */
function withoutTarget(property: Property, visible: ReadonlySet<string>): Property {
  const { refers, ...rest } = property;
  return refers === undefined || visible.has(refers) ? property : rest;
}

function isListed({ name, hiddenByDefault }: Entity, { collections }: ModelVisibility): boolean {
  return collections.some((pattern) => {
    if (pattern === '*') return !hiddenByDefault;
    return pattern.endsWith('*')
      ? !hiddenByDefault && name.startsWith(pattern.slice(0, -1))
      : name === pattern;
  });
}

function isPersonal({ properties, hiddenByDefault }: Entity): boolean {
  return hiddenByDefault === true || Object.values(properties).some(({ personal }) => personal !== undefined);
}
