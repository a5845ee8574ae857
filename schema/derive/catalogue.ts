// What a query may name, per version: the whitelist between a client's text and our SQL.
import type { Entity, FeedVersion, Property } from '../words.ts';
import type { Model } from '../model.ts';

/** A way from one collection to another, as one version shows it. */
export interface Way {
  readonly name: string;
  readonly to: string;
  /** One row there, or a collection of rows. */
  readonly many: boolean;
  /** Own property → property of the target with the same value. */
  readonly on: Readonly<Record<string, string>>;
  readonly description: string;
  /** Name of the way back. */
  readonly partner: string;
}

export interface Listing {
  readonly entity: Entity;
  /** In the feed's order, without what the version hides. */
  readonly properties: ReadonlyMap<string, Property>;
  readonly ways: ReadonlyMap<string, Way>;
}

export interface Catalogue {
  readonly version: FeedVersion;
  /** Of the types and functions. */
  readonly namespace: string;
  /** By collection name, in the order of the service document. */
  readonly listings: ReadonlyMap<string, Listing>;
}

export function deriveCatalogue(model: Model, version: FeedVersion): Catalogue {
  const shows = (thing: { readonly beta?: true }): boolean => version === 'beta' || !thing.beta;
  const shown = [...model.entities.values()].filter(shows);
  const ways = new Map(shown.map((entity) => [entity.name, new Map<string, Way>()]));
  for (const { name: from, navigations } of shown) {
    for (const [name, { to, on, inverse, description }] of Object.entries(navigations)) {
      if (!ways.has(to)) continue;
      ways.get(from)?.set(name, { name, to, many: false, on, description, partner: inverse });
      const back = Object.fromEntries(Object.entries(on).map(([own, theirs]) => [theirs, own]));
      const backDescription = `All ${from} whose ${name} this is.`;
      ways.get(to)?.set(inverse, {
        name: inverse,
        to: from,
        many: true,
        on: back,
        description: backDescription,
        partner: name,
      });
    }
  }
  const listings = shown.map((entity): [string, Listing] => [
    entity.name,
    {
      entity,
      properties: new Map(Object.entries(entity.properties).filter(([, property]) => shows(property))),
      ways: ways.get(entity.name) ?? new Map<string, Way>(),
    },
  ]);
  return { version, namespace: model.namespace, listings: new Map(listings) };
}

/**
 * Finds a name as written, else in any case: documentation writes `DateKey` where the property is `dateKey`.
 * Returns the name as the model writes it.
 */
export function findName(names: ReadonlyMap<string, unknown>, written: string): string | null {
  if (names.has(written)) return written;
  const lower = written.toLowerCase();
  for (const name of names.keys()) if (name.toLowerCase() === lower) return name;
  return null;
}
