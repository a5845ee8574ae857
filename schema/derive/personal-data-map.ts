// Which rows are about which person: directly, or through a device that the person had on that day.
import type { Model } from '../model.ts';
import type { Entity } from '../entity.ts';

/** An own property with the value of a property of the person. */
export interface PersonColumn {
  readonly own: string;
  readonly theirs: string;
}

/** A collection whose rows are about people. */
export interface PersonalCollection {
  readonly entity: Entity;
  /** A row is about every person in one of these columns. Empty where it is about the owner of `ownedColumn`. */
  readonly personColumns: readonly PersonColumn[];
  /** The own property with the key of something that people own; null where rows name people directly. */
  readonly ownedColumn: string | null;
  /** The personal properties, in the feed's order. */
  readonly personalProperties: readonly string[];
}

export interface OwnershipBridge {
  readonly entity: Entity;
  /** Own properties with the keys of both. */
  readonly ownerColumn: string;
  readonly ownedColumn: string;
  /** The owned collection, and its key. */
  readonly owned: Entity;
  readonly ownedKey: string;
}

export interface PersonalDataMap {
  readonly entity: Entity;
  /** The surrogate key of a person, and the property with their id in the directory. */
  readonly personKey: string;
  readonly id: string;
  readonly ownership: OwnershipBridge | null;
  /** In the order of the model. */
  readonly collections: readonly PersonalCollection[];
}

/**
 * Null for a model without people. Throws a TypeError for a collection with a personal property but no navigation to a
 * person or to something that people own: its rows could be neither exported nor erased for anyone.
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
  const entity = all.find(({ ownership }) => ownership !== undefined);
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
