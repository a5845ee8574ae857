// Migrates the file being built to the model: the first run creates everything, later ones add what is missing.
import type { Database } from 'better-sqlite3';
import { intervalsTableOf, storageOf, type Storage } from '../../../../schema/derive/storage.ts';
import { runs } from '../../../../schema/subjects/runs.ts';
import { FeedError } from '../../../base/feed-error.ts';
import {
  definitionText,
  deriveDdl,
  tableOf,
  type SchemaObject,
} from '../../../sql/build/schema/derive-ddl.ts';
import { RUN_ENTITIES } from '../../../sql/build/run-history.ts';
import {
  renderAddColumn,
  renderAnyRow,
  renderDropTable,
  renderDropView,
} from '../../../sql/build/schema/schema-changes.ts';
import { sql, value } from '../../../sql/fragment.ts';
import { execute, readNumber, readRows, readText } from '../execute-sql.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';
import type { BuildContext } from './build-context.ts';

/**
 * Collections, columns, indexes and views are only added, since history outlives releases. An empty table has no history
 * and is created anew.
 * Throws FeedError `feed.night-refused` when a column's type or place in the key is not what the model says.
 */
export function migrateSchema({ database, model, parameters }: BuildContext): void {
  dropLegacyRunTables(database);
  const storages = new Map([...model.entities.values()].map(storageOf).map((each) => [each.table, each]));
  for (const storage of storages.values()) dropEmptyTables(database, storage);
  for (const definition of deriveDdl(SQLITE_BUILD_DIALECT, model)) {
    const present = presentDefinition(database, definition);
    if (present === undefined) {
      execute(database, definition.sql);
      continue;
    }
    if (definition.kind === 'view' && present !== definitionText(definition)) {
      execute(database, renderDropView(SQLITE_BUILD_DIALECT, definition.name));
      execute(database, definition.sql);
    }
    const storage = storages.get(definition.name);
    if (definition.kind === 'table' && storage) addMissingColumns(database, storage, parameters.midnight);
  }
}

/** Creates one collection's table, or adds the missing columns. Throws like `migrateSchema`. */
export function migrateTable(database: Database, storage: Storage, midnight: string): void {
  const definition = tableOf(SQLITE_BUILD_DIALECT, storage);
  if (presentDefinition(database, definition) === undefined) execute(database, definition.sql);
  else addMissingColumns(database, storage, midnight);
}

// Before runs were collections, generations had tables of these names with other columns.
function dropLegacyRunTables(database: Database): void {
  const former = sql`SELECT 1 FROM pragma_table_info(${value(runs.name)}) WHERE "name" = 'run'`;
  if (readNumber(database, former) === null) return;
  for (const { name } of RUN_ENTITIES) execute(database, renderDropTable(SQLITE_BUILD_DIALECT, name));
}

// A view without its intervals table is dropped, too.
function dropEmptyTables(database: Database, { entity, storesIntervals: spans }: Storage): void {
  const typeOf = (name: string): string | null =>
    readText(database, sql`SELECT "type" FROM sqlite_schema WHERE "name" = ${value(name)}`);
  for (const table of [entity.name, intervalsTableOf(entity)]) {
    if (typeOf(table) !== 'table') continue;
    const isEmpty = readNumber(database, renderAnyRow(SQLITE_BUILD_DIALECT, table)) === null;
    if (isEmpty) execute(database, renderDropTable(SQLITE_BUILD_DIALECT, table));
  }
  const hasNoTable = !spans && typeOf(intervalsTableOf(entity)) === null;
  if (hasNoTable && typeOf(entity.name) === 'view')
    execute(database, renderDropView(SQLITE_BUILD_DIALECT, entity.name));
}

function presentDefinition(database: Database, { kind, name }: SchemaObject): string | undefined {
  const [present] = readRows<{ type: string; sql: string }>(
    database,
    sql`SELECT "type", "sql" FROM sqlite_schema WHERE "name" = ${value(name)}`,
  );
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
    readRows<PresentColumn>(
      database,
      sql`SELECT "name", "type", "notnull", "pk" FROM pragma_table_info(${value(table)})`,
    ).map((each) => [each.name, each]),
  );
  for (const column of columns) {
    const existing = present.get(column.name);
    const keyPosition = primaryKey.indexOf(column.name) + 1;
    present.delete(column.name);
    if (!existing && keyPosition === 0) {
      execute(database, renderAddColumn(SQLITE_BUILD_DIALECT, storage, column, midnight));
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
