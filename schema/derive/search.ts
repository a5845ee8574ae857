// What $search looks through: the text columns of collections that show the present, a row a thing.
import type { Entity } from '../words.ts';

export interface SearchIndex {
  /** Of the word index, beside the collection. */
  readonly name: string;
  /** The property that the index knows rows by: a whole number, unique in the collection. */
  readonly key: string;
  /** Properties whose words are found, in the feed's order. */
  readonly columns: readonly string[];
}

/**
 * Null where a collection is not searched: where a row is a night or a state of a thing, the thing's own collection is
 * searched and joined; and where no single number tells rows apart.
 */
export function searchIndexOf(entity: Entity): SearchIndex | null {
  const { name, lifetime, properties } = entity;
  const columns = Object.keys(properties).filter((each) => properties[each]?.type === 'Edm.String');
  const key = numberOf(entity);
  if (lifetime !== 'current' || columns.length === 0 || key === undefined) return null;
  return { name: `${name}Search`, key, columns };
}

// The key where it is a number, else a surrogate beside it; one that is only part of the key may repeat.
function numberOf({ key, properties }: Entity): string | undefined {
  const [first, ...more] = key;
  const numbers = Object.keys(properties).filter((each) => properties[each]?.role === 'surrogate');
  if (first !== undefined && properties[first]?.type === 'Edm.Int32') numbers.unshift(first);
  return numbers.find((each) => more.length === 0 || !key.includes(each));
}
