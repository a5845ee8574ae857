// Reading about one person: who is meant, and every row about them over all days.
import type { PersonalCollection, PersonalDataMap } from '../../../../schema/derive/personal-data-map.ts';
import { storageOf } from '../../../../schema/derive/storage.ts';
import type { PersonalKind } from '../../../../schema/entity.ts';
import { sql, value, type Fragment } from '../../fragment.ts';
import type { BuildDialect } from '../build-dialect.ts';
import { anyOf, columnList, columnOf, commaList } from '../columns.ts';
import { isAboutSelected, type DaysOfRow } from './selected-people.ts';

const IDENTIFYING_KINDS: readonly (PersonalKind | undefined)[] = ['id', 'upn', 'mail'];
const T = sql`t`;

/**
 * People whose id, sign-in name or mail address is one of the spellings, which are in lower case: `key` and `id`, by key.
 * Null where the collection identifies nobody.
 */
export function renderPeopleByIdentifier(
  dialect: BuildDialect,
  { entity, personKey, id }: PersonalDataMap,
  collection: PersonalCollection,
  spellings: readonly string[],
): Fragment | null {
  const [own] = collection.personColumns;
  const names = collection.personalProperties.filter((name) =>
    IDENTIFYING_KINDS.includes(collection.entity.properties[name]?.personal),
  );
  if (!own || names.length === 0) return null;
  const list = commaList(spellings.map(value));
  const isNamedSo = anyOf(names.map((name) => sql`lower(${columnOf(T, name)}) IN (${list})`));
  const p = sql`p`;
  return sql`SELECT DISTINCT ${columnOf(p, personKey)} AS "key", ${columnOf(p, id)} AS "id" FROM ${dialect.table(storageOf(collection.entity).table)} t
JOIN ${dialect.table(entity.name)} p ON ${columnOf(p, own.theirs)} = ${columnOf(T, own.own)}
WHERE ${isNamedSo} ORDER BY 1`;
}

/** The rows about the selected people as they are served, by key. */
export function renderSubjectRows(
  dialect: BuildDialect,
  people: PersonalDataMap,
  collection: PersonalCollection,
): Fragment {
  const { name, key } = collection.entity;
  return sql`SELECT t.* FROM ${dialect.table(name)} t WHERE ${isAboutSelected(dialect, people, collection, servedDaysOf(dialect, collection))}
ORDER BY ${columnList(key, T)}`;
}

function servedDaysOf(dialect: BuildDialect, { entity }: PersonalCollection): DaysOfRow | null {
  const { roles } = storageOf(entity);
  const column = (role: 'day' | 'startDay' | 'end'): Fragment => columnOf(T, roles.get(role) ?? '');
  switch (entity.lifetime) {
    case 'current':
      return null;
    case 'history':
      return { from: column('startDay'), to: dialect.dateKeyOf(column('end')) };
    case 'daily':
    case 'event':
      return { from: column('day'), to: sql`${column('day')} + 1` };
  }
}
