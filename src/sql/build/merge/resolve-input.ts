// From staged rows to instances as the warehouse has them: natural keys become surrogate keys, of duplicates the last wins.
import type { Column, Storage } from '../../../../schema/derive/storage.ts';
import { joinFragments, rowParameter, sql, textConstant, value, type Fragment } from '../../fragment.ts';
import type { BuildDialect } from '../build-dialect.ts';
import type { BuildParameters, BuildState } from '../build-parameters.ts';
import { allOf, anyOf, columnList, columnOf, commaList } from '../columns.ts';
import { columnDefinition, renderCreateTable } from '../schema/create-table.ts';
import { presentConditions } from './merge-scd1.ts';
import { resolvedTablesOf } from './resolved-tables.ts';
import {
  enrichmentJoins,
  fillUnreported,
  referenceJoins,
  referencesOf,
  stagedValue,
  storedStateJoin,
  type StagedTables,
} from './staged-instance.ts';

/** Numbers new instances in the order of their natural keys: the same harvest gives the same keys in whatever order it came. */
export function renderAssignKeys(
  dialect: BuildDialect,
  { entity }: Storage,
  { table }: StagedTables,
): Fragment {
  const name = textConstant(entity.name);
  const keys = dialect.table('surrogateKeys');
  const last = sql`coalesce((SELECT "last" FROM ${dialect.table('surrogateSequences')} WHERE "entity" = ${name}), 0)`;
  return dialect.insertOrIgnore({
    table: keys,
    columns: ['entity', 'natural', 'key'],
    rows: sql`SELECT ${name}, s."natural", ${last} + dense_rank() OVER (ORDER BY s."natural") FROM ${table} s
WHERE NOT EXISTS (SELECT 1 FROM ${keys} k WHERE k."entity" = ${name} AND k."natural" = s."natural")`,
  });
}

/** Counts the keys that were given out. */
export function renderAdvanceSequence(dialect: BuildDialect, { entity }: Storage, added: number): Fragment {
  return sql`INSERT INTO ${dialect.table('surrogateSequences')} AS t ("entity", "last") VALUES (${textConstant(entity.name)}, ${value(added)})
ON CONFLICT ("entity") DO UPDATE SET "last" = t."last" + excluded."last"`;
}

/** Makes the table of staged keys: with each, where its last row came. */
export function renderCreateStagedKeys(dialect: BuildDialect, storage: Storage): Fragment {
  const { stagedKeys } = resolvedTablesOf(dialect, storage);
  const row = sql`"row" ${dialect.columnType('INTEGER')}`;
  return createTableOf(dialect, storage, stagedKeys, { names: storage.identity, more: [row] });
}

/** Makes the table of changed rows. */
export function renderCreateChangedRows(dialect: BuildDialect, storage: Storage): Fragment {
  const { changedRows } = resolvedTablesOf(dialect, storage);
  return createTableOf(dialect, storage, changedRows, {
    names: [...storage.identity, ...storage.attributes],
  });
}

/** Finds the instances that are there. Rows that refer to an instance nobody knows by its key are left out. */
export function renderStagedKeys(
  dialect: BuildDialect,
  storage: Storage,
  { table }: StagedTables,
  parameters: BuildParameters,
): Fragment {
  const { identity } = storage;
  const references = referencesOf(storage).filter(({ name }) => identity.includes(name));
  const valueOf = stagedValue(storage, references, parameters);
  const position = dialect.stagedPosition(sql`s`);
  const isResolved = references.map(({ alias }) => sql`${alias}."key" IS NOT NULL`);
  return dialect.insertOrReplace({
    table: resolvedTablesOf(dialect, storage).stagedKeys,
    columns: [...identity, 'row'],
    key: identity,
    rows: sql`SELECT ${commaList([...identity.map(valueOf), position])} FROM ${withJoins(sql`${table} s`, referenceJoins(dialect, references))}
WHERE ${allOf(isResolved)} ORDER BY ${position}`,
  });
}

/** Most instances are as they were on the day before: rows are written only of those that are not. */
export function renderChangedRows(
  dialect: BuildDialect,
  storage: Storage,
  staged: StagedTables,
  { parameters, isRerun }: BuildState,
): Fragment {
  const { entity, identity, attributes } = storage;
  const { stagedKeys, changedRows } = resolvedTablesOf(dialect, storage);
  const references = referencesOf(storage).filter(({ name }) => attributes.includes(name));
  const valueOf = stagedValue(storage, references, parameters);
  const values = attributes.map((name) => {
    const reported = valueOf(name);
    return staged.unreportedColumns.has(name)
      ? fillUnreported(dialect, storage, name, reported, staged)
      : reported;
  });
  // What an earlier run of the day made of them is undone before the merge, and of an event nothing is stored.
  const takesAllRows = isRerun || entity.lifetime === 'event';
  const stored = sql`stored`;
  const isChanged = [
    sql`${columnOf(stored, identity[0] ?? '')} IS NULL`,
    ...attributes.map((name, index) =>
      dialect.isDistinct(columnOf(stored, name), values[index] ?? sql`NULL`),
    ),
    ...presentConditions(dialect, storage, stored).map((isPresent) => sql`NOT (${isPresent})`),
  ];
  const joins = [
    ...referenceJoins(dialect, references),
    ...enrichmentJoins(storage, staged),
    ...(takesAllRows && staged.unreportedColumns.size === 0
      ? []
      : [storedStateJoin(dialect, storage, parameters.open)]),
  ];
  const rows = dialect.orderedJoin(
    sql`${stagedKeys} n`,
    sql`${staged.table} s`,
    sql`${dialect.stagedPosition(sql`s`)} = n."row"`,
  );
  return sql`INSERT INTO ${changedRows} (${columnList([...identity, ...attributes])})
SELECT ${commaList([...identity.map((name) => columnOf(sql`n`, name)), ...values])} FROM ${withJoins(rows, joins)}
WHERE ${takesAllRows ? sql`TRUE` : anyOf(isChanged)}`;
}

function withJoins(table: Fragment, joins: readonly Fragment[]): Fragment {
  return joinFragments([table, ...joins], sql` `);
}

function createTableOf(
  dialect: BuildDialect,
  { columns: stored, identity }: Storage,
  table: Fragment,
  { names, more = [] }: { readonly names: readonly string[]; readonly more?: readonly Fragment[] },
): Fragment {
  const columns = names.map((name) => columnDefinition(dialect, storedColumn(stored, name)));
  return renderCreateTable(dialect, {
    table,
    columns: [...columns, ...more],
    primaryKey: identity,
    layout: 'key',
  });
}

function storedColumn(stored: readonly Column[], name: string): Column {
  const column = stored.find((each) => each.name === name);
  if (!column) throw new TypeError(`No column '${name}' is stored.`);
  return column;
}

/** Adds one row that the model itself has: it wins over what the source says of the instance. */
export function renderAddFixedRow(
  dialect: BuildDialect,
  table: Fragment,
  columns: readonly string[],
  key: readonly string[],
): Fragment {
  const rows = sql`VALUES (${commaList(columns.map(() => rowParameter()))})`;
  return dialect.insertOrReplace({ table, columns, key, rows });
}

export function renderCountStagedKeys(dialect: BuildDialect, storage: Storage): Fragment {
  return sql`SELECT count(*) FROM ${resolvedTablesOf(dialect, storage).stagedKeys}`;
}
