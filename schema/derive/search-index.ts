// What $search searches: the text columns of a row, and those of the rows that a fact refers to.
import type { Entity } from '../entity.ts';
import type { ExposedModel, EntitySet, NavigationProperty } from './exposed-model.ts';

export interface SearchIndex {
  /** The table of the full-text index. */
  readonly name: string;
  /**
   * The integer property that identifies rows in the index, unique in the collection. Null where there is none or an entity
   * instance has many rows: then the index contains distinct texts instead of rows.
   */
  readonly key: string | null;
  /** The indexed properties, in the feed's order. */
  readonly columns: readonly string[];
}

/** The index of the collection's own text; null where it has none. */
export function searchIndexOf(entity: Entity): SearchIndex | null {
  const { name, lifetime, properties } = entity;
  const columns = Object.keys(properties).filter((each) => properties[each]?.type === 'Edm.String');
  if (columns.length === 0) return null;
  return { name: `${name}Search`, key: lifetime === 'current' ? integerKeyOf(entity) : null, columns };
}

/**
 * Facts have numbers and keys, so they are found by the text of the rows that they refer to: a day of a device by the name
 * of the device, a count of activities by that of its device type. Only single-valued navigations are followed, one step.
 * Other rows are found by their own text; where they have none, they are found like facts.
 */
export function searchedNavigations(
  { entity, navigations }: EntitySet,
  { entitySets }: ExposedModel,
): readonly NavigationProperty[] {
  const isFact = entity.lifetime === 'daily' || entity.lifetime === 'event';
  if (!isFact && searchIndexOf(entity)) return [];
  return [...navigations.values()].filter(({ many, to }) => {
    const target = entitySets.get(to);
    return !many && target !== undefined && searchIndexOf(target.entity) !== null;
  });
}

/** Whether there is text by which the rows of the collection can be found. */
export function isSearchable(entitySet: EntitySet, model: ExposedModel): boolean {
  return searchIndexOf(entitySet.entity) !== null || searchedNavigations(entitySet, model).length > 0;
}

// The key where it is an integer, else a surrogate outside the key: one that is only part of the key is not unique.
function integerKeyOf({ key, properties }: Entity): string | null {
  const [first, ...more] = key;
  const numbers = Object.keys(properties).filter((each) => properties[each]?.role === 'surrogate');
  if (first !== undefined && properties[first]?.type === 'Edm.Int32') numbers.unshift(first);
  return numbers.find((each) => more.length === 0 || !key.includes(each)) ?? null;
}
