// Which rows are about the selected people, as conditions on rows `t`.
import type { PersonalCollection, PersonalDataMap } from '../../../../schema/derive/personal-data-map.ts';
import { storageOf } from '../../../../schema/derive/storage.ts';
import { OPEN_END } from '../../../base/date-key.ts';
import {
  identifier,
  integerConstant,
  rowParameter,
  sql,
  textConstant,
  type Fragment,
} from '../../fragment.ts';
import type { BuildDialect } from '../build-dialect.ts';
import { anyOf, columnOf } from '../columns.ts';
import { renderCreateTable } from '../schema/create-table.ts';

const PLACEHOLDER_PREFIX = 'erased-';
const T = sql`t`;

/** What is written for an id that was erased: it names nobody, and rows are still joined and counted by it. */
export function placeholderOf(key: number): string {
  return PLACEHOLDER_PREFIX + String(key);
}

/** The keys and ids of the people that a statement is about. */
export function selectedPeopleTable(dialect: BuildDialect): Fragment {
  return dialect.temporaryTable('selectedPeople');
}

export function renderCreateSelectedPeople(dialect: BuildDialect): Fragment {
  return renderCreateTable(dialect, {
    table: selectedPeopleTable(dialect),
    columns: [
      sql`"key" ${dialect.columnType('INTEGER')} NOT NULL`,
      sql`"id" ${dialect.columnType('TEXT')} NOT NULL`,
    ],
    primaryKey: ['key'],
    layout: 'rowid',
  });
}

/** For rows of key and id. */
export function renderSelectPerson(dialect: BuildDialect): Fragment {
  return sql`INSERT INTO ${selectedPeopleTable(dialect)} ("key", "id") VALUES (${rowParameter()}, ${rowParameter()})`;
}

export function selectedIds(dialect: BuildDialect): Fragment {
  return sql`(SELECT "id" FROM ${selectedPeopleTable(dialect)})`;
}

/** The placeholder of the selected person with this id; null for any other text. */
export function placeholderFor(dialect: BuildDialect, id: Fragment): Fragment {
  return sql`(SELECT ${textConstant(PLACEHOLDER_PREFIX)} || c."key" FROM ${selectedPeopleTable(dialect)} c WHERE c."id" = ${id})`;
}

/** The days of a row: the first, and the one after the last. */
export interface DaysOfRow {
  readonly from: Fragment;
  readonly to: Fragment;
}

/**
 * True where the row is about one of the selected. Where several people owned a thing, each has the days on which they
 * did; `days` is null where rows have none, and then the present owner counts.
 */
export function isAboutSelected(
  dialect: BuildDialect,
  people: PersonalDataMap,
  { personColumns, ownedColumn }: PersonalCollection,
  days: DaysOfRow | null,
): Fragment {
  if (ownedColumn === null) return namesSelected(dialect, people, personColumns, T);
  const { ownership } = people;
  if (!ownership) throw new TypeError('Rows are about things that nobody owns.');
  const owned = columnOf(T, ownedColumn);
  if (days === null) {
    const things = people.collections.find(({ entity }) => entity === ownership.owned);
    const isTheirs = namesSelected(dialect, people, things?.personColumns ?? [], sql`d`);
    return sql`${owned} IN (SELECT ${columnOf(sql`d`, ownership.ownedKey)} FROM ${dialect.table(ownership.owned.name)} d WHERE ${isTheirs})`;
  }
  const { roles } = storageOf(ownership.entity);
  const [start, end] = [roles.get('start'), roles.get('deletedAt')];
  if (start === undefined || end === undefined)
    throw new TypeError(`${ownership.entity.name} does not say from when to when.`);
  const h = sql`h`;
  const ownerships = sql`${dialect.table(ownership.entity.name)} h WHERE ${columnOf(h, ownership.ownerColumn)} IN (SELECT "key" FROM ${selectedPeopleTable(dialect)})`;
  const thing = columnOf(h, ownership.ownedColumn);
  const from = dialect.dateKeyOf(columnOf(h, start));
  const until = sql`coalesce(${dialect.dateKeyOf(columnOf(h, end))}, ${integerConstant(OPEN_END)})`;
  // The first condition finds the rows by their key, the second looks at the days of each.
  return sql`${owned} IN (SELECT ${thing} FROM ${ownerships})
AND EXISTS (SELECT 1 FROM ${ownerships} AND ${thing} = ${owned} AND ${from} < ${days.to} AND ${until} > ${days.from})`;
}

function namesSelected(
  dialect: BuildDialect,
  { personKey, id }: PersonalDataMap,
  columns: PersonalCollection['personColumns'],
  alias: Fragment,
): Fragment {
  return anyOf(
    columns.map(({ own, theirs }) => {
      if (theirs !== personKey && theirs !== id) throw new TypeError(`Nobody is known by ${theirs}.`);
      const selected = identifier(theirs === personKey ? 'key' : 'id');
      return sql`${columnOf(alias, own)} IN (SELECT ${selected} FROM ${selectedPeopleTable(dialect)})`;
    }),
  );
}
