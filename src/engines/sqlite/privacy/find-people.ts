// Who is meant by an id, a sign-in name or a mail address.
import Database from 'better-sqlite3';
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import { derivePersonalDataMap, type PersonalDataMap } from '../../../../schema/derive/personal-data-map.ts';
import { storageOf } from '../../../../schema/derive/storage.ts';
import type { Model } from '../../../../schema/model.ts';
import type { Entity, PersonalKind } from '../../../../schema/entity.ts';
import type { Person } from '../../erasure.ts';
import type { StoredGeneration } from '../generations/generation-files.ts';
import { readTombstones } from './tombstones.ts';

const IDENTIFYING_KINDS: readonly (PersonalKind | undefined)[] = ['id', 'upn', 'mail'];

export interface PeopleSearchResult {
  /** Those who are called so today; where there are none, those who once were. */
  readonly people: readonly Person[];
  /** Whether someone of the hash was erased before. */
  readonly wasErased: boolean;
}

/** `spellings` are ways of writing the same, in lower case; `hash` is that of the id, should it be one. */
export function findPeople(
  { path }: StoredGeneration,
  model: Model,
  spellings: readonly string[],
  hash: string,
): PeopleSearchResult {
  const people = derivePersonalDataMap(model);
  if (!people) return { people: [], wasErased: false };
  const database = new Database(path, { readonly: true, fileMustExist: true });
  try {
    const current = findByIdentifier(database, people, people.entity, spellings);
    const states = model.entities.get(people.entity.history ?? '');
    const found =
      current.length > 0 || !states ? current : findByIdentifier(database, people, states, spellings);
    return { people: found, wasErased: readTombstones(database).some((each) => each.hash === hash) };
  } finally {
    database.close();
  }
}

function findByIdentifier(
  database: Database.Database,
  { entity, personKey: key, id, collections: tellings }: PersonalDataMap,
  collection: Entity,
  spellings: readonly string[],
): readonly Person[] {
  const telling = tellings.find((each) => each.entity === collection);
  const [own] = telling?.personColumns ?? [];
  const names = (telling?.personalProperties ?? []).filter((name) =>
    IDENTIFYING_KINDS.includes(collection.properties[name]?.personal),
  );
  if (!own || names.length === 0) return [];
  const placeholders = spellings.map(() => '?').join(', ');
  const matches = names.map((name) => `lower(t.${quoteIdentifier(name)}) IN (${placeholders})`).join(' OR ');
  return database
    .prepare<string[], Person>(
      `SELECT DISTINCT p.${quoteIdentifier(key)} AS key, p.${quoteIdentifier(id)} AS id FROM ${quoteIdentifier(storageOf(collection).table)} t
       JOIN ${quoteIdentifier(entity.name)} p ON p.${quoteIdentifier(own.theirs)} = t.${quoteIdentifier(own.own)}
       WHERE ${matches} ORDER BY 1`,
    )
    .all(...names.flatMap(() => spellings));
}
