// Which columns of the stored tables have an index.
import type { Model } from '../model.ts';
import { storageOf, type Storage } from './storage.ts';

/** Collection → the columns, besides the first of its key, that have an index of their own. */
export function indexedColumnsOf(model: Model): ReadonlyMap<string, ReadonlySet<string>> {
  const indexed = deriveIndexedColumns([...model.entities.values()].map(storageOf));
  return new Map([...indexed].map(([{ entity }, columns]) => [entity.name, columns]));
}

/**
 * Joins go from a row to one row of a dimension and back again. The key serves most; the rest is indexed: what a
 * navigation leads to, and what it comes from where few rows share a value.
 */
export function deriveIndexedColumns(
  storages: readonly Storage[],
): ReadonlyMap<Storage, ReadonlySet<string>> {
  const indexed = new Map(storages.map((storage) => [storage, new Set<string>()]));
  const byName = new Map(storages.map((each) => [each.entity.name, each]));
  const addIndex = (storage: Storage | undefined, column: string | undefined): void => {
    if (!storage || column === undefined || storage.storesIntervals || storage.primaryKey[0] === column)
      return;
    indexed.get(storage)?.add(column);
  };
  for (const storage of storages) {
    addIndex(storage, storage.roles.get('surrogate'));
    for (const { to, on } of Object.values(storage.entity.navigations)) {
      const [[own, theirs] = [], ...more] = Object.entries(on);
      if (own === undefined || more.length > 0) continue;
      addIndex(byName.get(to), theirs);
      const { type, refers } = storage.entity.properties[own] ?? {};
      if (storage.entity.lifetime === 'current' && (type === 'Edm.String' || refers !== undefined)) {
        addIndex(storage, own);
      }
    }
  }
  return indexed;
}
