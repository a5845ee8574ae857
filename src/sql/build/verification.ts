// What must hold of a generation before anyone may see it. Each check is one query that counts what is broken.
import type { Model } from '../../../schema/model.ts';
import { storageOf, type Storage } from '../../../schema/derive/storage.ts';
import { NOT_AVAILABLE_KEY } from '../../../schema/entity.ts';
import { identifier, integerConstant, sql, textConstant, value, type Fragment } from '../fragment.ts';
import type { BuildDialect } from './build-dialect.ts';
import type { BuildParameters } from './build-parameters.ts';
import { allOf, columnList, columnOf } from './columns.ts';
import { FROM_KEY, PERIOD, TO_KEY } from './schema/interval-columns.ts';

export interface VerifyScope {
  readonly parameters: BuildParameters;
  /** Every day there is, and not only what the build itself wrote. */
  readonly allDays: boolean;
}

export interface VerifyCheck {
  readonly collection: string;
  /** What is wrong where the query counts more than none. */
  readonly problem: string;
  readonly query: Fragment;
}

type Storages = ReadonlyMap<string, Storage>;
type VerifyRule = (
  dialect: BuildDialect,
  scope: VerifyScope,
  storage: Storage,
  storages: Storages,
) => readonly VerifyCheck[];

const VERIFY_RULES: readonly VerifyRule[] = [
  duplicateKeys,
  brokenReferences,
  overlappingIntervals,
  rowsOutsidePartition,
  missingLookupRows,
];

/** Uniqueness of keys and absence of nulls are constraints of the tables themselves. */
export function renderVerification(
  dialect: BuildDialect,
  model: Model,
  scope: VerifyScope,
): readonly VerifyCheck[] {
  const storages = new Map([...model.entities.values()].map((each) => [each.name, storageOf(each)]));
  return [...storages.values()].flatMap((storage) =>
    VERIFY_RULES.flatMap((rule) => rule(dialect, scope, storage, storages)),
  );
}

/** What navigations lead to must be one row: Power BI refuses a relationship to a column with duplicates. */
function duplicateKeys(
  dialect: BuildDialect,
  _: VerifyScope,
  storage: Storage,
  storages: Storages,
): readonly VerifyCheck[] {
  if (storage.entity.lifetime !== 'current') return [];
  const { name, key } = storage.entity;
  const surrogate = storage.roles.get('surrogate');
  const targets = [...storages.values()]
    .flatMap(({ entity }) => Object.values(entity.navigations))
    .filter(({ to }) => to === name)
    .map(({ on }) => Object.values(on));
  // A surrogate that is only part of the key, such as an app's among its revisions, may repeat.
  const surrogateColumn = surrogate === undefined || key.includes(surrogate) ? [] : [[surrogate]];
  const sets = new Map(
    [...targets, ...surrogateColumn]
      .filter((set) => !key.every((each) => set.includes(each)))
      .map((set) => [set.join(', '), set]),
  );
  return [...sets].map(([columnNames, set]) => {
    const present = allOf(set.map((each) => sql`${identifier(each)} IS NOT NULL`));
    const duplicates = sql`SELECT 1 FROM ${dialect.table(name)} WHERE ${present} GROUP BY ${columnList(set)} HAVING count(*) > 1`;
    return {
      collection: name,
      problem: `values of ${columnNames} stand on more than one row`,
      query: sql`SELECT count(*) FROM (${duplicates}) d`,
    };
  });
}

/** Every key leads to a row: surrogate keys to dimensions, keys to lookups, days to the calendar. */
function brokenReferences(
  dialect: BuildDialect,
  scope: VerifyScope,
  storage: Storage,
  storages: Storages,
): readonly VerifyCheck[] {
  const { entity, roles, columns: stored } = storage;
  return [...referencesOf(storage, storages)].flatMap(([own, { target, theirs }]) => {
    const isStored = stored.some((column) => column.name === own);
    if (!isStored && own !== roles.get('day')) return [];
    const key = isStored ? columnOf(sql`t`, own) : sql`t."dateKey"`;
    const rows = isStored ? storedRows(dialect, scope, storage) : snapshotDays(dialect, scope, storage);
    const match = sql`SELECT 1 FROM ${dialect.table(target)} x WHERE ${columnOf(sql`x`, theirs)} = ${key}`;
    return [
      {
        collection: entity.name,
        problem: `rows have a ${own} that ${target} does not know`,
        query: sql`SELECT count(*) FROM ${rows} AND ${key} <> ${integerConstant(NOT_AVAILABLE_KEY)} AND NOT EXISTS (${match})`,
      },
    ];
  });
}

interface ReferenceTarget {
  /** A collection, and its column. */
  readonly target: string;
  readonly theirs: string;
}

/** Own columns that must lead to a row. */
function referencesOf({ entity }: Storage, storages: Storages): ReadonlyMap<string, ReferenceTarget> {
  const references = new Map<string, ReferenceTarget>();
  for (const [own, { refers }] of Object.entries(entity.properties)) {
    const theirs = refers === undefined ? undefined : storages.get(refers)?.roles.get('surrogate');
    if (refers !== undefined && theirs !== undefined) references.set(own, { target: refers, theirs });
  }
  for (const { to, on } of Object.values(entity.navigations)) {
    const [[own, theirs] = [], ...more] = Object.entries(on);
    const isOneColumn = own !== undefined && theirs !== undefined && more.length === 0;
    if (!isOneColumn || storages.get(to)?.entity.lifetime !== 'current') continue;
    // Texts, such as the user id of a device, may name what the directory no longer has.
    if (entity.properties[own]?.type === 'Edm.Int32') references.set(own, { target: to, theirs });
  }
  return references;
}

/** Intervals of one instance follow each other and never overlap: so an instance has one row a day. */
function overlappingIntervals(
  dialect: BuildDialect,
  { parameters, allDays }: VerifyScope,
  { entity, table, identity, storesIntervals }: Storage,
): readonly VerifyCheck[] {
  if (!storesIntervals) return [];
  const isOneDay = entity.lifetime === 'daily' && !allDays;
  const where = isOneDay ? sql` WHERE ${PERIOD} = ${value(parameters.period)}` : sql``;
  const partition = identity.length === 0 ? sql`` : sql`PARTITION BY ${columnList(identity)} `;
  const before = sql`lag(${TO_KEY}) OVER (${partition}ORDER BY ${FROM_KEY})`;
  const intervals = sql`SELECT ${FROM_KEY}, ${TO_KEY}, ${before} AS "endBefore" FROM ${dialect.table(table)}${where}`;
  return [
    {
      collection: entity.name,
      problem: 'validity intervals overlap or end before they begin',
      query: sql`SELECT count(*) FROM (${intervals}) i WHERE ${TO_KEY} <= ${FROM_KEY} OR "endBefore" > ${FROM_KEY}`,
    },
  ];
}

/** Intervals of daily collections stay within their month, and only those of the last month may be open. */
function rowsOutsidePartition(
  dialect: BuildDialect,
  { parameters, allDays }: VerifyScope,
  { entity, table: name }: Storage,
): readonly VerifyCheck[] {
  if (entity.lifetime !== 'daily' || !allDays) return [];
  const table = dialect.table(name);
  const endOfPeriod = sql`CASE WHEN ${PERIOD} % 100 = 12 THEN ${PERIOD} + 89 ELSE ${PERIOD} + 1 END * 100 + 1`;
  const isLast = sql`${PERIOD} = (SELECT max(${PERIOD}) FROM ${table})`;
  const ends = sql`CASE WHEN ${TO_KEY} = ${value(parameters.open)} THEN ${isLast} ELSE ${TO_KEY} <= ${endOfPeriod} END`;
  return [
    {
      collection: entity.name,
      problem: 'validity intervals reach beyond their month',
      query: sql`SELECT count(*) FROM ${table} WHERE ${FROM_KEY} / 100 <> ${PERIOD} OR NOT ${ends}`,
    },
  ];
}

/** Lookups are never empty, nor short of a row that the model has. */
function missingLookupRows(
  dialect: BuildDialect,
  _: VerifyScope,
  { entity }: Storage,
): readonly VerifyCheck[] {
  const expected = entity.rows?.length ?? 0;
  if (expected === 0) return [];
  const missing = dialect.greatest(sql`0`, sql`${integerConstant(expected)} - count(*)`);
  return [
    {
      collection: entity.name,
      problem: 'rows of the lookup are missing',
      query: sql`SELECT ${missing} FROM ${dialect.table(entity.name)}`,
    },
  ];
}

/** The days on which a daily collection has rows, as `t`; a condition may follow. */
function snapshotDays(
  dialect: BuildDialect,
  { parameters, allDays }: VerifyScope,
  { entity }: Storage,
): Fragment {
  const isInScope = allDays ? sql`TRUE` : sql`t."dateKey" = ${value(parameters.day)}`;
  return sql`${dialect.table('snapshotDays')} t WHERE t."collection" = ${textConstant(entity.name)} AND ${isInScope}`;
}

/** Rows as they are stored, as `t`; a condition may follow. */
function storedRows(
  dialect: BuildDialect,
  { parameters, allDays }: VerifyScope,
  { entity, table, roles }: Storage,
): Fragment {
  const { day, period, open } = parameters;
  const isInScope = (): Fragment => {
    switch (entity.lifetime) {
      case 'current':
        return sql`TRUE`;
      case 'event':
        return sql`${columnOf(sql`t`, roles.get('day') ?? '')} = ${value(day)}`;
      case 'history':
        return sql`t.${TO_KEY} = ${value(open)}`;
      case 'daily':
        return sql`t.${PERIOD} = ${value(period)} AND t.${TO_KEY} = ${value(open)}`;
    }
  };
  return sql`${dialect.table(table)} t WHERE ${allDays ? sql`TRUE` : isInScope()}`;
}
