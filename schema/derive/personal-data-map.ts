// How collections are about people: whose row a row is, directly or through a device that somebody had on that day.
import type { Model } from '../model.ts';
import type { Entity } from '../entity.ts';

/** An own property that has the value of one of the person's. */
export interface PersonColumn {
  readonly own: string;
  readonly theirs: string;
}

/** A collection whose rows are about people. */
export interface PersonalCollection {
  readonly entity: Entity;
  /** A row is about everyone whom one of these names. Empty where it is about whoever has the thing. */
  readonly personColumns: readonly PersonColumn[];
  /** The own property that has the key of a thing which people have; null where rows name people themselves. */
  readonly ownedColumn: string | null;
  /** Properties that say something about the person, in the feed's order. */
  readonly personalProperties: readonly string[];
}

export interface OwnershipBridge {
  readonly entity: Entity;
  /** Own properties with the keys of both. */
  readonly ownerColumn: string;
  readonly ownedColumn: string;
  /** The collection of the things, and their key. */
  readonly owned: Entity;
  readonly ownedKey: string;
}

export interface PersonalDataMap {
  readonly entity: Entity;
  /** The surrogate key of a person, and the property that the directory knows them by. */
  readonly personKey: string;
  readonly id: string;
  readonly ownership: OwnershipBridge | null;
  /** In the order of the model. */
  readonly collections: readonly PersonalCollection[];
}

/**
 * Null for a model without people. Throws a TypeError for a collection with a personal property that leads neither to a
 * person nor to a thing that people have: its rows could be neither shown to nor erased for anyone.
 */
export function derivePersonalDataMap({ entities }: Model): PersonalDataMap | null {
  const all = [...entities.values()];
  const entity = all.find(({ person }) => person !== undefined);
  const id = entity?.person;
  if (!entity || id === undefined) {
    const [orphan] = all.filter((each) => personalPropertiesOf(each).length > 0);
    if (orphan) throw new TypeError(`${orphan.name} tells of people, and the model has none.`);
    return null;
  }
  const key = Object.keys(entity.properties).find((name) => entity.properties[name]?.role === 'surrogate');
  if (key === undefined) throw new TypeError(`${entity.name}: people have no key of their own.`);
  const ownership = ownershipOf(all, entities);
  const collections = all.flatMap((each): PersonalCollection[] => {
    const personColumns = each === entity ? [{ own: key, theirs: key }] : columnsTo(entity, each);
    const [ownedLink] = personColumns.length > 0 || !ownership ? [] : columnsTo(ownership.owned, each);
    const personalProperties = personalPropertiesOf(each);
    if (personColumns.length > 0 || ownedLink) {
      return [{ entity: each, personColumns, ownedColumn: ownedLink?.own ?? null, personalProperties }];
    }
    if (personalProperties.length > 0)
      throw new TypeError(`${each.name}.${personalProperties[0]} is about nobody who is known.`);
    return [];
  });
  return { entity, personKey: key, id, ownership, collections };
}

function personalPropertiesOf({ properties }: Entity): readonly string[] {
  return Object.keys(properties).filter((name) => properties[name]?.personal !== undefined);
}

function columnsTo(target: Entity, { navigations }: Entity): readonly PersonColumn[] {
  return Object.values(navigations)
    .filter(({ to }) => to === target.name)
    .flatMap(({ on }) => Object.entries(on).map(([own, theirs]) => ({ own, theirs })));
}

function ownershipOf(all: readonly Entity[], entities: Model['entities']): OwnershipBridge | null {
  const entity = all.find(({ ownership: holding }) => holding !== undefined);
  if (!entity?.ownership) return null;
  const [ownerColumn] = Object.keys(entity.navigations[entity.ownership.owner]?.on ?? {});
  const navigation = entity.navigations[entity.ownership.owned];
  const [[ownedColumn, ownedKey] = []] = Object.entries(navigation?.on ?? {});
  const owned = entities.get(navigation?.to ?? '');
  if (ownerColumn === undefined || ownedColumn === undefined || ownedKey === undefined || !owned) {
    throw new TypeError(`${entity.name}: it does not lead to the person and the thing that it names.`);
  }
  return { entity, ownerColumn, ownedColumn, owned, ownedKey };
}
