// Takes what is personal of people out of the file being built: rows stay and count, but tell of nobody.
import type { Database } from 'better-sqlite3';
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import {
  derivePersonalDataMap,
  type PersonalDataMap,
  type PersonalCollection,
} from '../../../../schema/derive/personal-data-map.ts';
import { INTERVAL_COLUMNS, storageOf, type Storage } from '../../../../schema/derive/storage.ts';
import { subjectHash } from '../../subject-hash.ts';
import type { DateKey } from '../../../base/date-key.ts';
import { canonicalInstant } from '../../../base/instant.ts';
import type { ErasureCounts, Person } from '../../erasure.ts';
import type { BuildContext } from '../build/build-context.ts';
import { readTombstones } from './tombstones.ts';
import {
  SELECTED_IDS,
  aboutSelectedSql,
  placeholderOf,
  placeholderSql,
  withSelectedPeople,
} from './selected-people.ts';

export interface EraseOptions {
  readonly at: Date;
  /** Asked for. Else they had left, and are let in again as new people where the directory lists them again. */
  readonly forGood: boolean;
}

export interface ErasureResult extends ErasureCounts {
  /** Every value that is no more, for texts in which it may stand. */
  readonly values: readonly string[];
}

/**
 * An id becomes a placeholder in every row that names the person; all else that is personal becomes null, in their own
 * rows and in those of the days on which a thing was theirs. Spans of such days lose it whole.
 */
export function erasePeople(
  context: BuildContext,
  selected: readonly Person[],
  options: EraseOptions,
): ErasureResult {
  const people = derivePersonalDataMap(context.model);
  if (!people || selected.length === 0) return { people: 0, rows: new Map(), values: [] };
  const { database } = context;
  return database.transaction(() =>
    withSelectedPeople(database, selected, () => {
      const collections = people.collections.filter(
        ({ personalProperties: personal }) => personal.length > 0,
      );
      const values = new Set(collections.flatMap((each) => readPersonalValues(database, people, each)));
      // Whose a thing is now is read from rows that are changed themselves.
      const ordered = collections.toSorted(
        (a, b) => Number(a.ownedColumn === null) - Number(b.ownedColumn === null),
      );
      const rows = ordered.map(
        (each) => [each.entity.name, eraseInCollection(database, people, each, options.at)] as const,
      );
      replaceNaturalKeys(database, people);
      writeTombstones(database, selected, options);
      return { people: selected.length, rows: new Map(rows), values: [...values] };
    }),
  )();
}

/** People of whom something is told although they were erased: an earlier file brought them back. */
export function findResurrected({ database, model }: BuildContext): readonly Person[] {
  const people = derivePersonalDataMap(model);
  const hashes = new Set(readTombstones(database).map(({ hash }) => hash));
  if (!people || hashes.size === 0) return [];
  const [key, id] = [people.personKey, people.id].map(quoteIdentifier);
  return database
    .prepare<[], Person>(`SELECT ${key} AS key, ${id} AS id FROM ${quoteIdentifier(people.entity.name)}`)
    .all()
    .filter((person) => hashes.has(subjectHash(person.id)));
}

/** People who were found gone on that day or before, and are not erased yet. */
export function findLeavers({ database, model, parameters }: BuildContext, day: DateKey): readonly Person[] {
  const people = derivePersonalDataMap(model);
  const states = people && model.entities.get(people.entity.history ?? '');
  if (!people || !states) return [];
  const { table, roles } = storageOf(states);
  const [deleted, key, id] = [roles.get('deleted') ?? '', people.personKey, people.id].map(quoteIdentifier);
  const [own] = people.collections.find(({ entity }) => entity === states)?.personColumns ?? [];
  if (own === undefined) return [];
  return database
    .prepare<[object], Person>(
      `SELECT p.${key} AS key, p.${id} AS id FROM ${quoteIdentifier(people.entity.name)} p
       JOIN ${quoteIdentifier(table)} s ON s.${quoteIdentifier(own.own)} = p.${key}
       WHERE s.toKey = @open AND s.${deleted} AND s.fromKey <= @since`,
    )
    .all({ open: parameters.open, since: day })
    .filter((person) => person.id !== placeholderOf(person.key));
}

function eraseInCollection(
  database: Database,
  people: PersonalDataMap,
  telling: PersonalCollection,
  at: Date,
): number {
  const storage = storageOf(telling.entity);
  const ids = telling.personalProperties.filter((name) => isId(telling, name));
  const others = telling.personalProperties.filter((name) => !isId(telling, name));
  const modified = storage.roles.get('modified');
  const assignments = [
    ...others.map((name) => `${quoteIdentifier(name)} = NULL`),
    ...ids.map(
      (name) =>
        `${quoteIdentifier(name)} = ifnull(${placeholderSql(`t.${quoteIdentifier(name)}`)}, t.${quoteIdentifier(name)})`,
    ),
    ...(modified === undefined ? [] : [`${quoteIdentifier(modified)} = @at`]),
  ];
  const hasPersonalData = [
    ...others.map((name) => `t.${quoteIdentifier(name)} IS NOT NULL`),
    ...ids.map((name) => `t.${quoteIdentifier(name)} IN ${SELECTED_IDS}`),
  ];
  return database
    .prepare<[object]>(
      `UPDATE ${quoteIdentifier(storage.table)} AS t SET ${assignments.join(', ')}
       WHERE ${aboutStoredRowsSql(people, telling, storage)} AND (${hasPersonalData.join(' OR ')})`,
    )
    .run(modified === undefined ? {} : { at: canonicalInstant(at) }).changes;
}

function readPersonalValues(
  database: Database,
  people: PersonalDataMap,
  telling: PersonalCollection,
): readonly string[] {
  const storage = storageOf(telling.entity);
  return telling.personalProperties.flatMap((name) => {
    const theirs = isId(telling, name)
      ? `t.${quoteIdentifier(name)} IN ${SELECTED_IDS}`
      : `t.${quoteIdentifier(name)} IS NOT NULL`;
    return database
      .prepare<[], string>(
        `SELECT DISTINCT t.${quoteIdentifier(name)} FROM ${quoteIdentifier(storage.table)} t
         WHERE ${aboutStoredRowsSql(people, telling, storage)} AND ${theirs}`,
      )
      .pluck()
      .all();
  });
}

/** The rows as they are stored. Frames are named, so that those of a thing are found by the key. */
function aboutStoredRowsSql(
  people: PersonalDataMap,
  telling: PersonalCollection,
  { entity, storesIntervals: spans, roles }: Storage,
): string {
  const { period, from, to } = INTERVAL_COLUMNS;
  const day = `t.${quoteIdentifier(roles.get('day') ?? '')}`;
  const ofEvent = entity.lifetime === 'event' ? { from: day, to: `${day} + 1` } : null;
  const about = aboutSelectedSql(people, telling, spans ? { from: `t.${from}`, to: `t.${to}` } : ofEvent);
  if (entity.lifetime !== 'daily') return about;
  return `t.${period} IN (SELECT period FROM snapshotDays WHERE collection = '${entity.name}') AND ${about}`;
}

function isId({ entity }: PersonalCollection, name: string): boolean {
  return entity.properties[name]?.personal === 'id';
}

/** The source's name for the person goes as well; by the placeholder, which a rollback may have kept, the key stays theirs. */
function replaceNaturalKeys(database: Database, { entity }: PersonalDataMap): void {
  database
    .prepare(
      `UPDATE OR REPLACE surrogateKeys AS t SET natural = ${placeholderSql('t.natural')}
       WHERE t.entity = ? AND t.natural IN ${SELECTED_IDS}`,
    )
    .run(entity.name);
}

function writeTombstones(database: Database, people: readonly Person[], { forGood }: EraseOptions): void {
  const insert = database.prepare('INSERT OR REPLACE INTO tombstones VALUES (?, ?, ?)');
  for (const { key, id } of people) insert.run(subjectHash(id), placeholderOf(key), Number(forGood));
}
