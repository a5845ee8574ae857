// The model as tables, views and indexes.
import { BOOKKEEPING } from '../../../../schema/derive/bookkeeping.ts';
import { deriveIndexedColumns } from '../../../../schema/derive/indexed-columns.ts';
import { INTERVAL_COLUMNS, storageOf, type Storage } from '../../../../schema/derive/storage.ts';
import type { PropertyRole } from '../../../../schema/entity.ts';
import type { Model } from '../../../../schema/model.ts';
import { OPEN_END } from '../../../base/date-key.ts';
import {
  constantText,
  identifier,
  integerConstant,
  joinFragments,
  sql,
  textConstant,
  type Fragment,
} from '../../fragment.ts';
import type { BuildDialect } from '../build-dialect.ts';
import { columnOf, commaList } from '../columns.ts';
import { columnDefinition, renderCreateTable } from './create-table.ts';

/** One object of the database, by the name under which it lists it. */
export interface SchemaObject {
  readonly kind: 'table' | 'index' | 'view';
  readonly name: string;
  readonly sql: Fragment;
}

/** In an order in which they can be made. Their text is part of a generation's fingerprint. */
export function deriveDdl(dialect: BuildDialect, model: Model): readonly SchemaObject[] {
  const storages = [...model.entities.values()].map(storageOf);
  return [
    ...Object.keys(BOOKKEEPING).map((name) => bookkeepingTable(dialect, name as keyof typeof BOOKKEEPING)),
    ...storages.map((storage) => tableOf(dialect, storage)),
    ...indexesOf(dialect, storages),
    ...storages.filter(({ storesIntervals }) => storesIntervals).map((storage) => viewOf(dialect, storage)),
  ];
}

/** The table that holds a collection's rows. */
export function tableOf(dialect: BuildDialect, { table, columns, primaryKey }: Storage): SchemaObject {
  const ownKey = primaryKey.length === 1 ? columns.find(({ name }) => name === primaryKey[0]) : undefined;
  return {
    kind: 'table',
    name: table,
    sql: renderCreateTable(dialect, {
      table: dialect.table(table),
      columns: columns.map((column) => columnDefinition(dialect, column)),
      primaryKey,
      layout: ownKey?.type === 'INTEGER' ? 'rowid' : 'key',
    }),
  };
}

/** The text of a stored definition, as the database lists it. */
export function definitionText({ sql: definition }: SchemaObject): string {
  return constantText(definition);
}

function bookkeepingTable(dialect: BuildDialect, table: keyof typeof BOOKKEEPING): SchemaObject {
  const { columns, primaryKey } = BOOKKEEPING[table];
  const isOwnKey = primaryKey.length === 1;
  const lines = Object.entries(columns).map(([name, type]) => {
    const constraint = isOwnKey && name === primaryKey[0] ? sql`PRIMARY KEY` : sql`NOT NULL`;
    return sql`${dialect.storedName(name)} ${dialect.columnType(type)} ${constraint}`;
  });
  if (!isOwnKey)
    lines.push(sql`PRIMARY KEY (${commaList(primaryKey.map((name) => dialect.storedName(name)))})`);
  const layout = dialect.tableOptions(table === 'generation' ? 'rowid' : 'key');
  return {
    kind: 'table',
    name: table,
    sql: sql`CREATE TABLE ${dialect.table(table)} (${commaList(lines)})${layout}`,
  };
}

function indexesOf(dialect: BuildDialect, storages: readonly Storage[]): readonly SchemaObject[] {
  return [...deriveIndexedColumns(storages)].flatMap(([{ table }, columns]) =>
    [...columns].map((column): SchemaObject => {
      const name = `${table}By${column.charAt(0).toUpperCase()}${column.slice(1)}`;
      return {
        kind: 'index',
        name,
        sql: sql`CREATE INDEX ${identifier(name)} ON ${dialect.table(table)} (${identifier(column)})`,
      };
    }),
  );
}

/** Validity intervals `s` as readers see them: as they are, or day by day with the snapshot days `d`. */
function viewOf(dialect: BuildDialect, { entity, table }: Storage): SchemaObject {
  const [s, d] = [sql`s`, sql`d`];
  const intervals = sql`${dialect.table(table)} s`;
  const computed = computedColumns(dialect);
  const columns = Object.entries(entity.properties).map(([name, { role }]) => {
    const computedColumn = role === undefined ? undefined : computed[role];
    return sql`${computedColumn ?? columnOf(s, name)} AS ${identifier(name)}`;
  });
  const own = (alias: Fragment, name: string): Fragment => sql`${alias}.${dialect.storedName(name)}`;
  const { period, from, to } = INTERVAL_COLUMNS;
  const day = own(d, 'dateKey');
  const holds = sql`${own(s, period)} = ${own(d, period)} AND ${own(s, from)} <= ${day} AND ${own(s, to)} > ${day}`;
  const days = sql`${dialect.table('snapshotDays')} d JOIN ${intervals} ON ${holds}
WHERE ${own(d, 'collection')} = ${textConstant(entity.name)}`;
  return {
    kind: 'view',
    name: entity.name,
    sql: sql`CREATE VIEW ${dialect.table(entity.name)} AS
SELECT ${joinFragments(columns, sql`,\n  `)}
FROM ${entity.lifetime === 'daily' ? days : intervals}`,
  };
}

/** What a validity interval says by its day, its beginning and its end. */
function computedColumns(dialect: BuildDialect): Readonly<Partial<Record<PropertyRole, Fragment>>> {
  const from = sql`s.${dialect.storedName(INTERVAL_COLUMNS.from)}`;
  const to = sql`s.${dialect.storedName(INTERVAL_COLUMNS.to)}`;
  return {
    day: sql`d.${dialect.storedName('dateKey')}`,
    start: dialect.midnightOf(from),
    startDay: from,
    end: dialect.midnightOf(to),
    current: dialect.storedTruth(sql`${to} = ${integerConstant(OPEN_END)}`),
  };
}
