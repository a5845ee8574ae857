// Every row of a warehouse, read once and plainly: what the answers of the server are held against.
import Database from 'better-sqlite3';
import { type Catalogue, deriveCatalogue, type Listing, type Way } from '../../schema/derive/catalogue.ts';
import type { Row, Value } from '../../schema/words.ts';
import { listGenerations } from '../../src/engines/sqlite/generations/generation-files.ts';
import { SHOWN } from '../70-http/feed.ts';

export interface WarehouseRows {
  readonly catalogue: Catalogue;
  listing(collection: string): Listing;
  rows(collection: string): readonly Row[];
  /** The rows at the end of a way from one row; a null never leads anywhere. */
  follow(row: Row, way: Way): readonly Row[];
}

/** Whole numbers are bigint, truths boolean, instants canonical text. */
export function readWarehouseRows(data: string): WarehouseRows {
  const catalogue = deriveCatalogue(SHOWN, 'beta');
  const listing = (name: string): Listing => {
    const found = catalogue.listings.get(name);
    if (!found) throw new TypeError(`No collection '${name}'.`);
    return found;
  };
  const database = new Database(listGenerations(data)[0]?.path ?? '', { readonly: true });
  database.defaultSafeIntegers();
  const all = new Map(
    [...catalogue.listings.values()].map((each) => [each.entity.name, readRows(database, each)]),
  );
  database.close();
  const rows = (collection: string): readonly Row[] => all.get(collection) ?? [];
  const indexes = new Map<Way, ReadonlyMap<string, readonly Row[]>>();
  return {
    catalogue,
    listing,
    rows,
    follow: (row, way) => {
      const index = indexes.get(way) ?? indexBy(rows(way.to), Object.values(way.on));
      indexes.set(way, index);
      const wanted = valuesOf(row, Object.keys(way.on));
      return (wanted !== null && index.get(wanted)) || [];
    },
  };
}

function readRows(database: Database.Database, { entity, properties }: Listing): readonly Row[] {
  const truths = [...properties].filter(([, { type }]) => type === 'Edm.Boolean').map(([name]) => name);
  const columns = [...properties.keys()].map((name) => `"${name}"`).join();
  const key = entity.key.map((name) => `"${name}"`).join();
  return database
    .prepare<[], Record<string, Value>>(`SELECT ${columns} FROM "${entity.name}" ORDER BY ${key}`)
    .all()
    .map((row) => ({
      ...row,
      ...Object.fromEntries(truths.map((name) => [name, row[name] === null ? null : row[name] === 1n])),
    }));
}

function indexBy(rows: readonly Row[], names: readonly string[]): ReadonlyMap<string, readonly Row[]> {
  return Map.groupBy(
    rows.filter((row) => valuesOf(row, names) !== null),
    (row) => valuesOf(row, names) ?? '',
  );
}

function valuesOf(row: Row, names: readonly string[]): string | null {
  const values = names.map((name) => row[name] ?? null);
  return values.includes(null) ? null : JSON.stringify(values.map(String));
}
