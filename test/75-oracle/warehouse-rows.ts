// Every row of a warehouse, read once with plain SQL: what the answers of the server are compared with.
import Database from 'better-sqlite3';
import {
  type ExposedModel,
  deriveExposedModel,
  type EntitySet,
  type NavigationProperty,
} from '../../schema/derive/exposed-model.ts';
import type { Row, Value } from '../../schema/entity.ts';
import { listGenerations } from '../../src/engines/sqlite/generations/generation-files.ts';
import { VISIBLE_MODEL } from '../70-http/test-feed.ts';

export interface WarehouseRows {
  readonly exposedModel: ExposedModel;
  entitySet(collection: string): EntitySet;
  rows(collection: string): readonly Row[];
  /** The rows at the end of a navigation from one row; a null leads to none. */
  navigate(row: Row, navigation: NavigationProperty): readonly Row[];
}

/** Whole numbers are bigint, truths boolean, instants canonical text. */
export function readWarehouseRows(data: string): WarehouseRows {
  const exposedModel = deriveExposedModel(VISIBLE_MODEL, 'beta');
  const entitySet = (name: string): EntitySet => {
    const found = exposedModel.entitySets.get(name);
    if (!found) throw new TypeError(`No collection '${name}'.`);
    return found;
  };
  const database = new Database(listGenerations(data)[0]?.path ?? '', { readonly: true });
  database.defaultSafeIntegers();
  const all = new Map(
    [...exposedModel.entitySets.values()].map((each) => [each.entity.name, readRows(database, each)]),
  );
  database.close();
  const rows = (collection: string): readonly Row[] => all.get(collection) ?? [];
  const indexes = new Map<NavigationProperty, ReadonlyMap<string, readonly Row[]>>();
  return {
    exposedModel,
    entitySet,
    rows,
    navigate: (row, navigation) => {
      const index = indexes.get(navigation) ?? indexBy(rows(navigation.to), Object.values(navigation.on));
      indexes.set(navigation, index);
      const lookupKey = valuesOf(row, Object.keys(navigation.on));
      return (lookupKey !== null && index.get(lookupKey)) || [];
    },
  };
}

function readRows(database: Database.Database, { entity, properties }: EntitySet): readonly Row[] {
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
