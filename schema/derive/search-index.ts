// What $search looks through: the text columns of a row, and those of the rows that a fact is about.
import type { Entity } from '../entity.ts';
import type { ExposedModel, EntitySet, NavigationProperty } from './exposed-model.ts';

export interface SearchIndex {
  /** Of the word index, beside the collection. */
  readonly name: string;
  /**
   * The property that the index knows rows by: a whole number, unique in the collection. Null where a thing has many rows
   * or no number: there the index knows texts, each of them once however many rows have it.
   */
  readonly key: string | null;
  /** Properties whose words are found, in the feed's order. */
  readonly columns: readonly string[];
}

/** The index of a collection's own words; null where it has no text. */
export function searchIndexOf(entity: Entity): SearchIndex | null {
  const { name, lifetime, properties } = entity;
  const columns = Object.keys(properties).filter((each) => properties[each]?.type === 'Edm.String');
  if (columns.length === 0) return null;
  return { name: `${name}Search`, key: lifetime === 'current' ? integerKeyOf(entity) : null, columns };
}

/**
 * Facts are numbers and keys, so the words of what they are about are theirs as well: a night of a device is found by the
 * device's name, a count of activities by that of its device type. One step, and along single navigations. Things are
 * found by their own words alone; where they have none, they are found as facts are.
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

/** Whether there are words by which the rows of the collection can be found. */
export function isSearchable(entitySet: EntitySet, model: ExposedModel): boolean {
  return searchIndexOf(entitySet.entity) !== null || searchedNavigations(entitySet, model).length > 0;
}

// The key where it is a number, else a surrogate beside it; one that is only part of the key may repeat.
function integerKeyOf({ key, properties }: Entity): string | null {
  const [first, ...more] = key;
  const numbers = Object.keys(properties).filter((each) => properties[each]?.role === 'surrogate');
  if (first !== undefined && properties[first]?.type === 'Edm.Int32') numbers.unshift(first);
  return numbers.find((each) => more.length === 0 || !key.includes(each)) ?? null;
}
