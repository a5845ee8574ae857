// From harvested rows to things as the warehouse has them: natural texts become surrogate keys, the last of twins wins.
import type { Database } from 'better-sqlite3';
import { columnSql, quoted } from '../../../../schema/derive/ddl.ts';
import type { Column, Storage } from '../../../../schema/derive/storage.ts';
import type { Value } from '../../../../schema/words.ts';
import { columns } from './comparison.ts';
import { hereOf } from './merge-current.ts';
import type { Night, Sight } from './night.ts';
import { staged, type Brought } from './staging.ts';
import { filled, knownJoin, referenceJoins, referencesOf, supplementJoins, valueOf } from './thing-sql.ts';

export interface Resolved extends Sight {
  /** Of all things. */
  readonly rows: number;
  readonly orphans: number;
}

/** Numbers new things first, so that rows may refer to their own kind. */
export function resolve(night: Night, storage: Storage, brought: Brought): Resolved {
  if (storage.roles.has('surrogate')) numberNewThings(night, storage, brought.table);
  const { things, orphans } = resolveThings(night, storage, brought);
  const news = resolveNews(night, storage, brought, things);
  const rows = night.database.prepare<[], number>(`SELECT count(*) FROM ${things}`).pluck().get() ?? 0;
  return { things, news, rows, orphans };
}

/** Which things there are, and the last row of each. */
function resolveThings(
  { database, parameters }: Night,
  storage: Storage,
  { table, rows }: Brought,
): { readonly things: string; readonly orphans: number } {
  const { entity, identity } = storage;
  const things = staged(`${entity.name}Things`);
  makeTable(database, storage, things, identity, ['row INTEGER']);
  const references = referencesOf(storage).filter(({ name }) => identity.includes(name));
  const found = references.map(({ alias }) => `${alias}.key IS NOT NULL`);
  const { changes } = database
    .prepare(
      `INSERT OR REPLACE INTO ${things}
       SELECT ${identity.map((name) => valueOf(storage, references, name)).join(', ')}, s.rowid
       FROM ${table} s ${referenceJoins(references).join(' ')}
       WHERE ${['TRUE', ...found].join(' AND ')} ORDER BY s.rowid`,
    )
    .run(parameters);
  // A row that takes the place of an earlier one counts too: what does not count is an orphan.
  return { things, orphans: rows - changes };
}

/** Most things are as they were the night before: what they are like is written down only where they are not. */
function resolveNews(
  { database, parameters, again }: Night,
  storage: Storage,
  brought: Brought,
  things: string,
): string {
  const { entity, identity, attributes } = storage;
  const news = makeNewsTable(database, storage);
  const references = referencesOf(storage).filter(({ name }) => attributes.includes(name));
  const values = attributes.map((name) => {
    const told = valueOf(storage, references, name);
    return brought.untold.has(name) ? filled(storage, name, told, brought) : told;
  });
  // What an earlier run of the night made of them is undone before the merge, and nothing is known of an event.
  const isAllNews = again || entity.lifetime === 'event';
  const isNews = [
    `known.${quoted(identity[0] ?? '')} IS NULL`,
    ...attributes.map((name, index) => `known.${quoted(name)} IS NOT ${values[index] ?? 'NULL'}`),
    ...hereOf(storage, 'known').map((here) => `NOT ${here}`),
  ];
  const joins = [
    ...referenceJoins(references),
    ...supplementJoins(storage, brought),
    ...(isAllNews && brought.untold.size === 0 ? [] : [knownJoin(storage)]),
  ];
  // Row by row in the order of the things: the planner knows nothing of these tables.
  database
    .prepare(
      `INSERT INTO ${news} SELECT ${[columns(identity, 'n'), ...values].join(', ')}
       FROM ${things} n CROSS JOIN ${brought.table} s ON s.rowid = n.row ${joins.join(' ')}
       WHERE ${isAllNews ? 'TRUE' : isNews.join(' OR ')}`,
    )
    .run(parameters);
  return news;
}

/** The name of a table for what things are like, still empty: one row each. */
export function makeNewsTable(database: Database, storage: Storage): string {
  const news = staged(`${storage.entity.name}News`);
  makeTable(database, storage, news, [...storage.identity, ...storage.attributes]);
  return news;
}

function makeTable(
  database: Database,
  { columns: stored, identity }: Storage,
  table: string,
  names: readonly string[],
  more: readonly string[] = [],
): void {
  const made = names.map((name) => columnSql(columnOf(stored, name)));
  database.exec(
    `CREATE TABLE ${table} (${[...made, ...more].join(', ')}, PRIMARY KEY (${columns(identity)})) STRICT, WITHOUT ROWID`,
  );
}

function columnOf(stored: readonly Column[], name: string): Column {
  const column = stored.find((each) => each.name === name);
  if (!column) throw new TypeError(`No column '${name}' is stored.`);
  return column;
}

/** In the order of their natural text: the same harvest gives the same keys, in whatever order it came. */
function numberNewThings({ database }: Night, { entity }: Storage, source: string): void {
  const added = database
    .prepare<{ entity: string }>(
      `INSERT OR IGNORE INTO surrogateKeys (entity, natural, key)
       SELECT @entity, natural, ifnull((SELECT last FROM surrogateSequences WHERE entity = @entity), 0)
         + dense_rank() OVER (ORDER BY natural)
       FROM ${source} s
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
export function resolveFixedRows(
  night: Night,
  { entity, identity, attributes }: Storage,
  { things, news }: Sight,
): void {
  for (const [table, names] of [
    [things, identity],
    [news, [...identity, ...attributes]],
  ] as const) {
    const insert = night.database.prepare(
      `INSERT OR REPLACE INTO ${table} (${columns(names)}) VALUES (${names.map(() => '?').join(', ')})`,
    );
    for (const row of entity.rows ?? []) insert.run(names.map((name) => fixedValue(row[name])));
  }
}

export function fixedValue(value: Value | undefined): Exclude<Value, boolean> {
  return typeof value === 'boolean' ? Number(value) : (value ?? null);
}
