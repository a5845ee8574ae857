// Migrates the file being built to the model: the first run creates everything, later ones add what is missing.
import type { Database } from 'better-sqlite3';
import {
  columnSql,
  deriveDdl,
  quoteIdentifier,
  tableOf,
  type SchemaObject,
} from '../../../../schema/derive/ddl.ts';
import { intervalsTableOf, storageOf, type Column, type Storage } from '../../../../schema/derive/storage.ts';
import { runs } from '../../../../schema/subjects/runs.ts';
import { type Entity, NOT_AVAILABLE_KEY } from '../../../../schema/entity.ts';
import { FeedError } from '../../../base/feed-error.ts';
import type { BuildContext } from './build-context.ts';
import { RUN_ENTITIES } from '../journal/run-tables.ts';

/**
 * Collections, columns, indexes and views are only added, since history outlives releases. An empty table has no history
 * and is created anew.
 * Throws FeedError `feed.night-refused` when a column's type or place in the key is not what the model says.
 */
export function migrateSchema({ database, model, parameters }: BuildContext): void {
  dropLegacyRunTables(database);
  const storages = new Map([...model.entities.values()].map(storageOf).map((each) => [each.table, each]));
  for (const storage of storages.values()) dropEmptyTables(database, storage);
  for (const definition of deriveDdl(model)) {
    const present = presentDefinition(database, definition);
    if (present === undefined) {
      database.exec(definition.sql);
      continue;
    }
    if (definition.kind === 'view' && present !== definition.sql) {
      database.exec(`DROP VIEW ${quoteIdentifier(definition.name)}; ${definition.sql}`);
    }
    const storage = storages.get(definition.name);
    if (definition.kind === 'table' && storage) addMissingColumns(database, storage, parameters.midnight);
  }
}

/** Creates one collection's table, or adds the missing columns. Throws like `migrateSchema`. */
export function migrateTable(database: Database, storage: Storage, midnight: string): void {
  const definition = tableOf(storage);
  if (presentDefinition(database, definition) === undefined) database.exec(definition.sql);
  else addMissingColumns(database, storage, midnight);
}

// Before runs were collections, generations had tables of these names with other columns.
function dropLegacyRunTables(database: Database): void {
  const former = database
    .prepare<[string], number>(`SELECT count(*) FROM pragma_table_info(?) WHERE name = 'run'`)
    .pluck()
    .get(runs.name);
  if (former === 0) return;
  for (const { name } of RUN_ENTITIES) database.exec(`DROP TABLE ${quoteIdentifier(name)}`);
}

// A view without its intervals table is dropped, too.
function dropEmptyTables(database: Database, { entity, storesIntervals: spans }: Storage): void {
  const typeOf = (name: string): string | undefined =>
    database.prepare<[string], string>('SELECT type FROM sqlite_schema WHERE name = ?').pluck().get(name);
  for (const table of [entity.name, intervalsTableOf(entity)]) {
    if (typeOf(table) !== 'table') continue;
    const isEmpty = database.prepare(`SELECT 1 FROM ${quoteIdentifier(table)} LIMIT 1`).get() === undefined;
    if (isEmpty) database.exec(`DROP TABLE ${quoteIdentifier(table)}`);
  }
  const hasNoTable = !spans && typeOf(intervalsTableOf(entity)) === undefined;
  if (hasNoTable && typeOf(entity.name) === 'view')
    database.exec(`DROP VIEW ${quoteIdentifier(entity.name)}`);
}

function presentDefinition(database: Database, { kind, name }: SchemaObject): string | undefined {
  const present = database
    .prepare<[string], { type: string; sql: string }>('SELECT type, sql FROM sqlite_schema WHERE name = ?')
    .get(name);
  if (present && present.type !== kind) throw migrationError(name, `a ${present.type} and not a ${kind}`);
  return present?.sql;
}

interface PresentColumn {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  /** 1-based position in the primary key, else 0. */
  readonly pk: number;
}

function addMissingColumns(database: Database, storage: Storage, midnight: string): void {
  const { table, columns, primaryKey } = storage;
  const present = new Map(
    database
      .prepare<[string], PresentColumn>('SELECT name, type, "notnull", pk FROM pragma_table_info(?)')
      .all(table)
      .map((each) => [each.name, each]),
  );
  for (const column of columns) {
    const existing = present.get(column.name);
    const keyPosition = primaryKey.indexOf(column.name) + 1;
    present.delete(column.name);
    if (!existing && keyPosition === 0) {
      const defaultClause = column.nullable
        ? ''
        : ` DEFAULT ${defaultValueSql(storage.entity, column, midnight)}`;
      database.exec(`ALTER TABLE ${quoteIdentifier(table)} ADD COLUMN ${columnSql(column)}${defaultClause}`);
      continue;
    }
    if (
      existing?.type !== column.type ||
      existing.pk !== keyPosition ||
      (existing.notnull === 0) !== column.nullable
    ) {
      throw migrationError(`${table}.${column.name}`, 'of another type, or at another position in the key');
    }
  }
  for (const { name, notnull } of present.values()) {
    if (notnull === 1) throw migrationError(`${table}.${name}`, 'not null, and no longer in the model');
  }
}

/** The value of existing rows in a new column that is never null. */
export function defaultValueSql(
  { properties, navigations }: Entity,
  { name, type }: Column,
  midnight: string,
): string {
  const property = properties[name];
  if (property?.role === 'current') return '1';
  if (property?.role === 'end') return `'9999-12-31T00:00:00'`;
  if (property?.type === 'Edm.DateTimeOffset') return `'${midnight}'`;
  const isForeignKey = Object.values(navigations).some(({ on }) => name in on);
  if (type === 'INTEGER' && (isForeignKey || property?.refers !== undefined))
    return String(NOT_AVAILABLE_KEY);
  return type === 'TEXT' ? `''` : '0';
}

function migrationError(what: string, problem: string): FeedError {
  return new FeedError(
    'feed.night-refused',
    `The stored '${what}' is ${problem}; a migration can only add.`,
    {
      target: what,
      hint: 'Start a new data folder, or go back to the release that wrote this one.',
    },
  );
}
