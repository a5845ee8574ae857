// How collections are about people: whose row a row is, directly or through a device that somebody had on that day.
import type { Model } from '../model.ts';
import type { Entity } from '../words.ts';

/** An own property that has the value of one of the person's. */
export interface PersonColumn {
  readonly own: string;
  readonly theirs: string;
}

/** A collection whose rows are about people. */
export interface Telling {
  readonly entity: Entity;
  /** A row is about everyone whom one of these names. Empty where it is about whoever has the thing. */
  readonly columns: readonly PersonColumn[];
  /** The own property that has the key of a thing which people have; null where rows name people themselves. */
  readonly thing: string | null;
  /** Properties that say something about the person, in the feed's order. */
  readonly personal: readonly string[];
}

export interface Holdings {
  readonly entity: Entity;
  /** Own properties with the keys of both. */
  readonly person: string;
  readonly thing: string;
  /** The collection of the things, and their key. */
  readonly things: Entity;
  readonly thingKey: string;
}

export interface People {
  readonly entity: Entity;
  /** The surrogate key of a person, and the property that the directory knows them by. */
  readonly key: string;
  readonly id: string;
  readonly holdings: Holdings | null;
  /** In the order of the model. */
  readonly tellings: readonly Telling[];
}

/**
 * Null for a model without people. Throws a TypeError for a collection with a personal property that leads neither to a
 * person nor to a thing that people have: its rows could be neither shown to nor erased for anyone.
 */
export function derivePeople({ entities }: Model): People | null {
  const all = [...entities.values()];
  const entity = all.find(({ person }) => person !== undefined);
  const id = entity?.person;
  if (!entity || id === undefined) {
    const [stray] = all.filter((each) => personalOf(each).length > 0);
    if (stray) throw new TypeError(`${stray.name} tells of people, and the model has none.`);
    return null;
  }
  const key = Object.keys(entity.properties).find((name) => entity.properties[name]?.role === 'surrogate');
  if (key === undefined) throw new TypeError(`${entity.name}: people have no key of their own.`);
  const holdings = holdingsOf(all, entities);
  const tellings = all.flatMap((each): Telling[] => {
    const columns = each === entity ? [{ own: key, theirs: key }] : columnsTo(entity, each);
    const [through] = columns.length > 0 || !holdings ? [] : columnsTo(holdings.things, each);
    const personal = personalOf(each);
    if (columns.length > 0 || through) {
      return [{ entity: each, columns, thing: through?.own ?? null, personal }];
    }
    if (personal.length > 0) throw new TypeError(`${each.name}.${personal[0]} is about nobody who is known.`);
    return [];
  });
  return { entity, key, id, holdings, tellings };
}

function personalOf({ properties }: Entity): readonly string[] {
  return Object.keys(properties).filter((name) => properties[name]?.personal !== undefined);
}

function columnsTo(target: Entity, { navigations }: Entity): readonly PersonColumn[] {
  return Object.values(navigations)
    .filter(({ to }) => to === target.name)
    .flatMap(({ on }) => Object.entries(on).map(([own, theirs]) => ({ own, theirs })));
}

function holdingsOf(all: readonly Entity[], entities: Model['entities']): Holdings | null {
  const entity = all.find(({ holding }) => holding !== undefined);
  if (!entity?.holding) return null;
  const [person] = Object.keys(entity.navigations[entity.holding.person]?.on ?? {});
  const way = entity.navigations[entity.holding.thing];
  const [[thing, thingKey] = []] = Object.entries(way?.on ?? {});
  const things = entities.get(way?.to ?? '');
  if (person === undefined || thing === undefined || thingKey === undefined || !things) {
    throw new TypeError(`${entity.name}: it does not lead to the person and the thing that it names.`);
  }
  return { entity, person, thing, things, thingKey };
}
