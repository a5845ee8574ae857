// The names that a query may use, per version: the whitelist between the text of clients and SQL.
import type { Entity, FeedVersion, Property } from '../entity.ts';
import type { Model } from '../model.ts';

/** A navigation from one collection to another, as a version exposes it. */
export interface NavigationProperty {
  readonly name: string;
  readonly to: string;
  /** Collection-valued, or leading to one row. */
  readonly many: boolean;
  /** Own property → property of the target with the same value. */
  readonly on: Readonly<Record<string, string>>;
  readonly description: string;
  /** The name of the inverse. */
  readonly partner: string;
}

export interface EntitySet {
  readonly entity: Entity;
  /** In the feed's order, without what the version hides. */
  readonly properties: ReadonlyMap<string, Property>;
  readonly navigations: ReadonlyMap<string, NavigationProperty>;
}

export interface ExposedModel {
  readonly version: FeedVersion;
  /** Of the types and functions. */
  readonly namespace: string;
  /** By collection name, in the order of the service document. */
  readonly entitySets: ReadonlyMap<string, EntitySet>;
}

export function deriveExposedModel(model: Model, version: FeedVersion): ExposedModel {
  const isExposed = (exposable: { readonly beta?: true }): boolean => version === 'beta' || !exposable.beta;
  const exposed = [...model.entities.values()].filter(isExposed);
  const navigationsBySet = new Map(
    exposed.map((entity) => [entity.name, new Map<string, NavigationProperty>()]),
  );
  for (const { name: from, navigations } of exposed) {
    for (const [name, { to, on, inverse, description }] of Object.entries(navigations)) {
      if (!navigationsBySet.has(to)) continue;
      navigationsBySet.get(from)?.set(name, { name, to, many: false, on, description, partner: inverse });
      const inverseDescription = `All ${from} whose ${name} this is.`;
      navigationsBySet.get(to)?.set(inverse, {
        name: inverse,
        to: from,
        many: true,
        on: inverseConstraint(on),
        description: inverseDescription,
        partner: name,
      });
    }
  }
  const entitySets = exposed.map((entity): [string, EntitySet] => [
    entity.name,
    {
      entity,
      properties: new Map(Object.entries(entity.properties).filter(([, property]) => isExposed(property))),
      navigations: navigationsBySet.get(entity.name) ?? new Map<string, NavigationProperty>(),
    },
  ]);
  return { version, namespace: model.namespace, entitySets: new Map(entitySets) };
}

/** The constraint of the inverse navigation. */
export function inverseConstraint(on: NavigationProperty['on']): NavigationProperty['on'] {
  return Object.fromEntries(Object.entries(on).map(([own, theirs]) => [theirs, own]));
}

/**
 * Finds a name as written, else in any case, because the vendor's documentation writes `DateKey` for `dateKey`.
 * Returns the name as the model writes it; null where there is none.
 */
export function findName(names: ReadonlyMap<string, unknown>, written: string): string | null {
  if (names.has(written)) return written;
  const lower = written.toLowerCase();
  for (const name of names.keys()) if (name.toLowerCase() === lower) return name;
  return null;
}
