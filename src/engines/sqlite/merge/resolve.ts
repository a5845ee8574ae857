// From harvested rows to rows as the warehouse has them: natural texts become surrogate keys, the last of twins wins.
import type { Database } from 'better-sqlite3';
import { columnSql, quoted } from '../../../../schema/derive/ddl.ts';
import type { Column, Storage } from '../../../../schema/derive/storage.ts';
import { SPAN_COLUMNS } from '../../../../schema/derive/storage.ts';
import type { Value } from '../../../../schema/words.ts';
import { NOT_AVAILABLE_KEY } from '../../../../schema/words.ts';
import { columns, same } from './comparison.ts';
import type { Night } from './night.ts';
import { isTold, stagedIdentity } from './staged-value.ts';
import { staged } from './staging.ts';
import type { Brought } from './staging.ts';

export interface Resolved {
  /** The table of things, one row each; its columns are the storage's identity and attributes. */
  readonly table: string;
  readonly rows: number;
  readonly orphans: number;
}

/** Numbers new things first, so that rows may refer to their own kind. */
export function resolve(night: Night, storage: Storage, brought: Brought): Resolved {
  const { database, parameters } = night;
  const { identity, attributes, roles } = storage;
  if (roles.has('surrogate')) numberNewThings(night, storage, brought.table);

  const table = makeResolvedTable(database, storage);
  const wanted = [...identity, ...attributes];

  const references = referencesOf(storage);
  const joins = references.map(
    ({ alias, target, from }) =>
      `LEFT JOIN surrogateKeys ${alias} ON ${alias}.entity = '${target}' AND ${alias}.natural = s.${from}`,
  );
  const found = references.filter(({ name }) => identity.includes(name)).map(({ alias }) => `${alias}.key`);
  const from = `FROM ${brought.table} s ${joins.join(' ')}`;
  const rows = wanted
    .map((name) => {
      const told = valueOf(storage, references, name);
      return brought.untold.has(name) ? filled(storage, name, told, brought) : told;
    })
    .join(', ');
  const filling = brought.untold.size === 0 ? '' : fillingJoins(storage, references, brought).join(' ');
  const whole = found.length === 0 ? '' : `WHERE ${found.map((key) => `${key} IS NOT NULL`).join(' AND ')}`;
  // A row that takes the place of an earlier one counts too: what does not count is an orphan.
  const taken = database
    .prepare(`INSERT OR REPLACE INTO ${table} SELECT ${rows} ${from} ${filling} ${whole} ORDER BY s.rowid`)
    .run(parameters).changes;

  const count = (of: string): number =>
    database.prepare<[], number>(`SELECT count(*) FROM ${of}`).pluck().get() ?? 0;
  return {
    table,
    rows: count(table),
    orphans: found.length === 0 ? 0 : brought.rows - taken,
  };
}

/** The name of the table of things, still empty: one row each. */
export function makeResolvedTable(database: Database, storage: Storage): string {
  const { entity, identity, attributes } = storage;
  const table = staged(`${entity.name}Resolved`);
  const made = [...identity, ...attributes].map((name) => columnSql(resolvedColumn(storage, name)));
  database.exec(
    `CREATE TABLE ${table} (${made.join(', ')}, PRIMARY KEY (${columns(identity)})) STRICT, WITHOUT ROWID`,
  );
  return table;
}

/** In the order of their natural text: the same harvest gives the same keys, in whatever order it came. */
function numberNewThings({ database }: Night, { entity }: Storage, source: string): void {
  const added = database
    .prepare<{ entity: string }>(
      `INSERT INTO surrogateKeys (entity, natural, key)
       SELECT @entity, natural, ifnull((SELECT last FROM surrogateSequences WHERE entity = @entity), 0)
         + row_number() OVER (ORDER BY natural)
       FROM (SELECT DISTINCT natural FROM ${source}) s
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

function resolvedColumn({ columns: stored }: Storage, name: string): Column {
  const column = stored.find((each) => each.name === name);
  if (!column) throw new TypeError(`No column '${name}' is stored.`);
  return column;
}

interface Reference {
  readonly name: string;
  /** Of the joined surrogateKeys. */
  readonly alias: string;
  readonly target: string;
  /** Staged column with the natural text. */
  readonly from: string;
}

function referencesOf({ entity, roles, sourced }: Storage): readonly Reference[] {
  const own = roles.get('surrogate');
  return [
    ...(own === undefined ? [] : [{ name: own, alias: 'own', target: entity.name, from: 'natural' }]),
    ...sourced.flatMap((name, index) => {
      const target = entity.properties[name]?.refers;
      return target === undefined ? [] : [{ name, alias: `k${index}`, target, from: quoted(name) }];
    }),
  ];
}

function valueOf({ entity }: Storage, references: readonly Reference[], name: string): string {
  if (name === SPAN_COLUMNS.period && !(name in entity.properties)) return '@period';
  const property = entity.properties[name];
  if (property?.role === 'day') return '@day';
  if (property?.role === 'deleted') return '0';
  const reference = references.find((each) => each.name === name);
  if (!reference) return `s.${quoted(name)}`;
  return property?.nullable
    ? `${reference.alias}.key`
    : `ifnull(${reference.alias}.key, ${NOT_AVAILABLE_KEY})`;
}

/**
 * `x` is what a supplement tells of the thing, `known` what the warehouse has of it: the row, or the span that still
 * holds. No span is carried over yet, so those that hold are in the newest frame.
 */
function fillingJoins(
  storage: Storage,
  references: readonly Reference[],
  { supplement }: Brought,
): readonly string[] {
  const { entity, identity, spans } = storage;
  const table = quoted(storage.table);
  const things = identity.filter((name) => name in entity.properties);
  const on = things.map((name) => `known.${quoted(name)} = ${valueOf(storage, references, name)}`);
  if (spans) on.push('known.toKey = @open');
  if (entity.lifetime === 'daily') on.push(`known.period = (SELECT max(period) FROM ${table})`);
  const known = `LEFT JOIN ${table} known ON ${on.join(' AND ')}`;
  if (supplement === null) return [known];
  return [`LEFT JOIN ${supplement} x ON ${same(stagedIdentity(storage), 'x', 's')}`, known];
}

/** What the row tells, else what a supplement does, else what was known. */
function filled(storage: Storage, name: string, told: string, { supplement }: Brought): string {
  const column = quoted(name);
  // Where no supplement speaks of the thing, its columns are null, as if that were told.
  const speaks = stagedIdentity(storage).map((each) => `x.${quoted(each)} IS NOT NULL`);
  const supplemented =
    supplement === null ? '' : `WHEN ${[...speaks, isTold(`x.${column}`)].join(' AND ')} THEN x.${column}`;
  return `CASE WHEN ${isTold(`s.${column}`)} THEN ${told} ${supplemented} ELSE known.${column} END`;
}

/** Rows that the model itself has are part of every harvest, and win over what the source says of them. */
export function resolveFixedRows(
  night: Night,
  { entity, identity, attributes }: Storage,
  table: string,
): void {
  const names = [...identity, ...attributes];
  const insert = night.database.prepare(
    `INSERT OR REPLACE INTO ${table} (${columns(names)}) VALUES (${names.map(() => '?').join(', ')})`,
  );
  for (const row of entity.rows ?? []) insert.run(names.map((name) => fixedValue(row[name])));
}

export function fixedValue(value: Value | undefined): Exclude<Value, boolean> {
  return typeof value === 'boolean' ? Number(value) : (value ?? null);
}
