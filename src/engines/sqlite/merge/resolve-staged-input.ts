// From harvested rows to things as the warehouse has them: natural texts become surrogate keys, the last of twins wins.
import type { Database } from 'better-sqlite3';
import { columnSql, quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import type { Column, Storage } from '../../../../schema/derive/storage.ts';
import type { Value } from '../../../../schema/entity.ts';
import { columnList } from '../sql-columns.ts';
import { presentConditions } from './merge-scd1.ts';
import type { BuildContext, ResolvedTables } from '../build/build-context.ts';
import { stagingTable, type StagedInput } from '../staging/staging-file.ts';
import {
  fillUnreportedSql,
  storedStateJoin,
  referenceJoins,
  referencesOf,
  enrichmentJoins,
  valueSql,
} from './instance-sql.ts';

export interface ResolvedInput extends ResolvedTables {
  /** Of all things. */
  readonly rows: number;
  readonly orphans: number;
}

/** Numbers new things first, so that rows may refer to their own kind. */
export function resolveStagedInput(
  context: BuildContext,
  storage: Storage,
  input: StagedInput,
): ResolvedInput {
  if (storage.roles.has('surrogate')) assignSurrogateKeys(context, storage, input.table);
  const { things: stagedKeys, orphans } = resolveStagedKeys(context, storage, input);
  const changedRows = resolveChangedRows(context, storage, input, stagedKeys);
  const rows = context.database.prepare<[], number>(`SELECT count(*) FROM ${stagedKeys}`).pluck().get() ?? 0;
  return { stagedKeys, changedRows, rows, orphans };
}

/** Which things there are, and the last row of each. */
function resolveStagedKeys(
  { database, parameters }: BuildContext,
  storage: Storage,
  { table, rows }: StagedInput,
): { readonly things: string; readonly orphans: number } {
  const { entity, identity } = storage;
  const stagedKeys = stagingTable(`${entity.name}Things`);
  createTable(database, storage, stagedKeys, identity, ['row INTEGER']);
  const references = referencesOf(storage).filter(({ name }) => identity.includes(name));
  const isResolved = references.map(({ alias }) => `${alias}.key IS NOT NULL`);
  const { changes } = database
    .prepare(
      `INSERT OR REPLACE INTO ${stagedKeys}
       SELECT ${identity.map((name) => valueSql(storage, references, name)).join(', ')}, s.rowid
       FROM ${table} s ${referenceJoins(references).join(' ')}
       WHERE ${['TRUE', ...isResolved].join(' AND ')} ORDER BY s.rowid`,
    )
    .run(parameters);
  // A row that takes the place of an earlier one counts too: what does not count is an orphan.
  return { things: stagedKeys, orphans: rows - changes };
}

/** Most things are as they were the night before: what they are like is written down only where they are not. */
function resolveChangedRows(
  { database, parameters, isRerun }: BuildContext,
  storage: Storage,
  input: StagedInput,
  stagedKeys: string,
): string {
  const { entity, identity, attributes } = storage;
  const changedRows = createChangedRowsTable(database, storage);
  const references = referencesOf(storage).filter(({ name }) => attributes.includes(name));
  const values = attributes.map((name) => {
    const reported = valueSql(storage, references, name);
    return input.unreportedColumns.has(name) ? fillUnreportedSql(storage, name, reported, input) : reported;
  });
  // What an earlier run of the night made of them is undone before the merge, and nothing is known of an event.
  const takesAllRows = isRerun || entity.lifetime === 'event';
  const isChanged = [
    `known.${quoteIdentifier(identity[0] ?? '')} IS NULL`,
    ...attributes.map((name, index) => `known.${quoteIdentifier(name)} IS NOT ${values[index] ?? 'NULL'}`),
    ...presentConditions(storage, 'known').map((isPresent) => `NOT ${isPresent}`),
  ];
  const joins = [
    ...referenceJoins(references),
    ...enrichmentJoins(storage, input),
    ...(takesAllRows && input.unreportedColumns.size === 0 ? [] : [storedStateJoin(storage)]),
  ];
  // Row by row in the order of the things: the planner knows nothing of these tables.
  database
    .prepare(
      `INSERT INTO ${changedRows} SELECT ${[columnList(identity, 'n'), ...values].join(', ')}
       FROM ${stagedKeys} n CROSS JOIN ${input.table} s ON s.rowid = n.row ${joins.join(' ')}
       WHERE ${takesAllRows ? 'TRUE' : isChanged.join(' OR ')}`,
    )
    .run(parameters);
  return changedRows;
}

/** The name of a table for what things are like, still empty: one row each. */
export function createChangedRowsTable(database: Database, storage: Storage): string {
  const changedRows = stagingTable(`${storage.entity.name}News`);
  createTable(database, storage, changedRows, [...storage.identity, ...storage.attributes]);
  return changedRows;
}

function createTable(
  database: Database,
  { columns: stored, identity }: Storage,
  table: string,
  names: readonly string[],
  extraDefinitions: readonly string[] = [],
): void {
  const definitions = names.map((name) => columnSql(columnOf(stored, name)));
  database.exec(
    `CREATE TABLE ${table} (${[...definitions, ...extraDefinitions].join(', ')}, PRIMARY KEY (${columnList(identity)})) STRICT, WITHOUT ROWID`,
  );
}

function columnOf(stored: readonly Column[], name: string): Column {
  const column = stored.find((each) => each.name === name);
  if (!column) throw new TypeError(`No column '${name}' is stored.`);
  return column;
}

/** In the order of their natural text: the same harvest gives the same keys, in whatever order it came. */
function assignSurrogateKeys({ database }: BuildContext, { entity }: Storage, stagedTable: string): void {
  const added = database
    .prepare<{ entity: string }>(
      `INSERT OR IGNORE INTO surrogateKeys (entity, natural, key)
       SELECT @entity, natural, ifnull((SELECT last FROM surrogateSequences WHERE entity = @entity), 0)
         + dense_rank() OVER (ORDER BY natural)
       FROM ${stagedTable} s
       WHERE NOT EXISTS (SELECT 1 FROM surrogateKeys k WHERE k.entity = @entity AND k.natural = s.natural)`,
    )
    .run({ entity: entity.name }).changes;
  database
    .prepare(
      `INSERT INTO surrogateSequences (entity, last) VALUES (?, ?)
       ON CONFLICT (entity) DO UPDATE SET last = last + excluded.last`,
    )
    .run(entity.name, added);
}

/** Rows that the model itself has are part of every harvest, and win over what the source says of them. */
export function addFixedRows(
  context: BuildContext,
  { entity, identity, attributes }: Storage,
  { stagedKeys, changedRows }: ResolvedTables,
): void {
  for (const [table, names] of [
    [stagedKeys, identity],
    [changedRows, [...identity, ...attributes]],
  ] as const) {
    const insert = context.database.prepare(
      `INSERT OR REPLACE INTO ${table} (${columnList(names)}) VALUES (${names.map(() => '?').join(', ')})`,
    );
    for (const row of entity.rows ?? []) insert.run(names.map((name) => toStoredValue(row[name])));
  }
}

export function toStoredValue(value: Value | undefined): Exclude<Value, boolean> {
  return typeof value === 'boolean' ? Number(value) : (value ?? null);
}
