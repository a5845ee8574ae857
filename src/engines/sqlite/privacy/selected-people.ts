// Which rows are about the people at hand, as conditions of SQL.
import type { Database } from 'better-sqlite3';
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import type { PersonalDataMap, PersonalCollection } from '../../../../schema/derive/personal-data-map.ts';
import { storageOf } from '../../../../schema/derive/storage.ts';
import { OPEN_END } from '../../../base/date-key.ts';
import type { Person } from '../../erasure.ts';

/** The people at hand: their keys and ids. It goes with the connection. */
const SELECTED_PEOPLE = 'temp.chosenPeople';

/** Does the work while the people are chosen. */
export function withSelectedPeople<Result>(
  database: Database,
  people: readonly Person[],
  work: () => Result,
): Result {
  database.exec(`CREATE TEMP TABLE chosenPeople (key INTEGER PRIMARY KEY, id TEXT NOT NULL) STRICT`);
  try {
    const insert = database.prepare(`INSERT INTO ${SELECTED_PEOPLE} VALUES (?, ?)`);
    for (const { key, id } of people) insert.run(key, id);
    return work();
  } finally {
    database.exec(`DROP TABLE ${SELECTED_PEOPLE}`);
  }
}

export const SELECTED_IDS = `(SELECT id FROM ${SELECTED_PEOPLE})`;

/** What stands for an id where it was erased: it tells nothing, and rows are still joined and counted by it. */
export function placeholderOf(key: number): string {
  return `erased-${key}`;
}

/** The placeholder of the chosen person whose id the SQL is; null for anything else. */
export function placeholderSql(id: string): string {
  return `(SELECT 'erased-' || c.key FROM ${SELECTED_PEOPLE} c WHERE c.id = ${id})`;
}

/** The days of a row `t`, as SQL: the first, and the one after the last. */
export interface DaysOfRow {
  readonly from: string;
  readonly to: string;
}

/**
 * True where the row `t` is about one of the chosen. Of a thing that several people had, each has the days on which it
 * was theirs; `days` is null where rows have none, and then it is whose the thing is now.
 */
export function aboutSelectedSql(
  people: PersonalDataMap,
  { personColumns: columns, ownedColumn: thing }: PersonalCollection,
  days: DaysOfRow | null,
): string {
  if (thing === null) return referencesSelectedSql(people, columns, 't');
  const { ownership: holdings } = people;
  if (!holdings) throw new TypeError('Rows are about things that nobody has.');
  if (days === null) {
    const ownedThings = people.collections.find(({ entity }) => entity === holdings.owned);
    const isTheirs = referencesSelectedSql(people, ownedThings?.personColumns ?? [], 'd');
    return `t.${quoteIdentifier(thing)} IN (SELECT d.${quoteIdentifier(holdings.ownedKey)} FROM ${quoteIdentifier(holdings.owned.name)} d WHERE ${isTheirs})`;
  }
  const { roles } = storageOf(holdings.entity);
  const [start, end] = [roles.get('start'), roles.get('deletedAt')];
  if (start === undefined || end === undefined) {
    throw new TypeError(`${holdings.entity.name} does not tell from when to when.`);
  }
  const [thingColumn, personColumn] = [
    quoteIdentifier(holdings.ownedColumn),
    quoteIdentifier(holdings.ownerColumn),
  ];
  const isTheirs = `${quoteIdentifier(holdings.entity.name)} h WHERE h.${personColumn} IN (SELECT key FROM ${SELECTED_PEOPLE})`;
  const until = `ifnull(${dateKeySql(`h.${quoteIdentifier(end)}`)}, ${OPEN_END})`;
  return `t.${quoteIdentifier(thing)} IN (SELECT h.${thingColumn} FROM ${isTheirs})
    AND EXISTS (SELECT 1 FROM ${isTheirs} AND h.${thingColumn} = t.${quoteIdentifier(thing)}
      AND ${dateKeySql(`h.${quoteIdentifier(start)}`)} < ${days.to} AND ${until} > ${days.from})`;
}

function referencesSelectedSql(
  { personKey: key, id }: PersonalDataMap,
  columns: PersonalCollection['personColumns'],
  alias: string,
): string {
  const conditions = columns.map(({ own, theirs }) => {
    if (theirs !== key && theirs !== id) throw new TypeError(`Nobody is known by ${theirs}.`);
    return `${alias}.${quoteIdentifier(own)} IN (SELECT ${theirs === key ? 'key' : 'id'} FROM ${SELECTED_PEOPLE})`;
  });
  return `(${conditions.join(' OR ')})`;
}

/** The dateKey of an instant, as SQL. */
export function dateKeySql(instant: string): string {
  return `CAST(replace(substr(${instant}, 1, 10), '-', '') AS INTEGER)`;
}
