// Erasure of the selected people: an id becomes a placeholder in every row that names it, all else that is personal becomes null.
import type { PersonalCollection, PersonalDataMap } from '../../../../schema/derive/personal-data-map.ts';
import { INTERVAL_COLUMNS, storageOf } from '../../../../schema/derive/storage.ts';
import type { DateKey } from '../../../base/date-key.ts';
import { identifier, rowParameter, sql, textConstant, value, type Fragment } from '../../fragment.ts';
import type { BuildDialect } from '../build-dialect.ts';
import { STORED_TRUE, anyOf, columnOf, commaList } from '../columns.ts';
import { PERIOD } from '../schema/interval-columns.ts';
import { isAboutSelected, placeholderFor, selectedIds } from './selected-people.ts';
import { renderPeriods } from '../merge/snapshot-days.ts';

const T = sql`t`;

/** `at` is the canonical text of the instant of the erasure. */
export function renderEraseCollection(
  dialect: BuildDialect,
  people: PersonalDataMap,
  collection: PersonalCollection,
  at: string,
): Fragment {
  const { table, roles } = storageOf(collection.entity);
  const modified = roles.get('modified');
  const assignments = collection.personalProperties.map((name) => {
    const erased = isId(collection, name)
      ? sql`coalesce(${placeholderFor(dialect, columnOf(T, name))}, ${columnOf(T, name)})`
      : sql`NULL`;
    return sql`${identifier(name)} = ${erased}`;
  });
  if (modified !== undefined) assignments.push(sql`${identifier(modified)} = ${value(at)}`);
  const hasPersonalData = anyOf(
    collection.personalProperties.map((name) => isPersonalValue(dialect, collection, name)),
  );
  return sql`UPDATE ${dialect.table(table)} AS t SET ${commaList(assignments)}
WHERE ${storedRowsAboutSelected(dialect, people, collection)} AND ${hasPersonalData}`;
}

/** The values of one property that an erasure takes away, each once. */
export function renderPersonalValues(
  dialect: BuildDialect,
  people: PersonalDataMap,
  collection: PersonalCollection,
  name: string,
): Fragment {
  const { table } = storageOf(collection.entity);
  return sql`SELECT DISTINCT ${columnOf(T, name)} FROM ${dialect.table(table)} t
WHERE ${storedRowsAboutSelected(dialect, people, collection)} AND ${isPersonalValue(dialect, collection, name)}`;
}

/**
 * The natural key becomes the placeholder as well, so that the surrogate key stays theirs. A rollback may have left a row
 * with the placeholder: it goes first.
 */
export function renderEraseNaturalKeys(
  dialect: BuildDialect,
  { entity }: PersonalDataMap,
): readonly Fragment[] {
  const keys = dialect.table('surrogateKeys');
  const name = textConstant(entity.name);
  const isSelected = sql`k."entity" = ${name} AND k."natural" IN ${selectedIds(dialect)}`;
  const placeholder = placeholderFor(dialect, sql`k."natural"`);
  return [
    sql`DELETE FROM ${keys} WHERE "entity" = ${name} AND "natural" IN (SELECT ${placeholder} FROM ${keys} k WHERE ${isSelected})`,
    sql`UPDATE ${keys} AS k SET "natural" = ${placeholder} WHERE ${isSelected}`,
  ];
}

/** All people, as `key` and `id`. */
export function renderPeople(dialect: BuildDialect, { entity, personKey, id }: PersonalDataMap): Fragment {
  return sql`SELECT ${identifier(personKey)} AS "key", ${identifier(id)} AS "id" FROM ${dialect.table(entity.name)}`;
}

/** People who were deleted on that day or before, as `key` and `id`; null where the history does not say so. */
export function renderLeavers(
  dialect: BuildDialect,
  people: PersonalDataMap,
  history: PersonalCollection,
  { since, open }: { readonly since: DateKey; readonly open: DateKey },
): Fragment | null {
  const { table, roles } = storageOf(history.entity);
  const [own] = history.personColumns;
  const deleted = roles.get('deleted');
  if (own === undefined || deleted === undefined) return null;
  const [p, s] = [sql`p`, sql`s`];
  const isDeleted = sql`${columnOf(s, deleted)} = ${STORED_TRUE}`;
  return sql`SELECT ${columnOf(p, people.personKey)} AS "key", ${columnOf(p, people.id)} AS "id" FROM ${dialect.table(people.entity.name)} p
JOIN ${dialect.table(table)} s ON ${columnOf(s, own.own)} = ${columnOf(p, people.personKey)}
WHERE ${columnOf(s, INTERVAL_COLUMNS.to)} = ${value(open)} AND ${isDeleted} AND ${columnOf(s, INTERVAL_COLUMNS.from)} <= ${value(since)}`;
}

/** For rows of hash, placeholder and whether it is for good. */
export function renderWriteTombstone(dialect: BuildDialect): Fragment {
  return dialect.insertOrReplace({
    table: dialect.table('tombstones'),
    columns: ['hash', 'placeholder', 'forGood'],
    key: ['hash'],
    rows: sql`VALUES (${rowParameter()}, ${rowParameter()}, ${rowParameter()})`,
  });
}

export function renderTombstones(dialect: BuildDialect): Fragment {
  return sql`SELECT "hash", "placeholder", "forGood" FROM ${dialect.table('tombstones')}`;
}

/** For rows of one hash. */
export function renderRemoveTombstone(dialect: BuildDialect): Fragment {
  return sql`DELETE FROM ${dialect.table('tombstones')} WHERE "hash" = ${rowParameter()}`;
}

/** Rows as they are stored. Partitions are named, so that rows of a thing are found by the key. */
function storedRowsAboutSelected(
  dialect: BuildDialect,
  people: PersonalDataMap,
  collection: PersonalCollection,
): Fragment {
  const { entity, roles, storesIntervals } = storageOf(collection.entity);
  const day = columnOf(T, roles.get('day') ?? 'dateKey');
  const ofEvent = entity.lifetime === 'event' ? { from: day, to: sql`${day} + 1` } : null;
  const ofInterval = { from: columnOf(T, INTERVAL_COLUMNS.from), to: columnOf(T, INTERVAL_COLUMNS.to) };
  const isAbout = isAboutSelected(dialect, people, collection, storesIntervals ? ofInterval : ofEvent);
  if (entity.lifetime !== 'daily') return isAbout;
  return sql`t.${PERIOD} IN (${renderPeriods(dialect, entity.name)}) AND ${isAbout}`;
}

function isPersonalValue(dialect: BuildDialect, collection: PersonalCollection, name: string): Fragment {
  const stored = columnOf(T, name);
  return isId(collection, name) ? sql`${stored} IN ${selectedIds(dialect)}` : sql`${stored} IS NOT NULL`;
}

function isId({ entity }: PersonalCollection, name: string): boolean {
  return entity.properties[name]?.personal === 'id';
}
