// Who is meant by an id, a sign-in name or a mail address.
import Database from 'better-sqlite3';
import { quoted } from '../../../../schema/derive/ddl.ts';
import { derivePeople, type People } from '../../../../schema/derive/people.ts';
import { storageOf } from '../../../../schema/derive/storage.ts';
import type { Model } from '../../../../schema/model.ts';
import type { Entity, PersonalKind } from '../../../../schema/words.ts';
import type { Person } from '../../stage.ts';
import type { StoredGeneration } from '../generations.ts';
import { readTombstones } from './tombstones.ts';

const KNOWN_BY: readonly (PersonalKind | undefined)[] = ['id', 'upn', 'mail'];

export interface Found {
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
): Found {
  const people = derivePeople(model);
  if (!people) return { people: [], wasErased: false };
  const database = new Database(path, { readonly: true, fileMustExist: true });
  try {
    const now = called(database, people, people.entity, spellings);
    const states = model.entities.get(people.entity.history ?? '');
    const found = now.length > 0 || !states ? now : called(database, people, states, spellings);
    return { people: found, wasErased: readTombstones(database).some((each) => each.hash === hash) };
  } finally {
    database.close();
  }
}

function called(
  database: Database.Database,
  { entity, key, id, tellings }: People,
  where: Entity,
  spellings: readonly string[],
): readonly Person[] {
  const telling = tellings.find((each) => each.entity === where);
  const [own] = telling?.columns ?? [];
  const names = (telling?.personal ?? []).filter((name) =>
    KNOWN_BY.includes(where.properties[name]?.personal),
  );
  if (!own || names.length === 0) return [];
  const marks = spellings.map(() => '?').join(', ');
  const written = names.map((name) => `lower(t.${quoted(name)}) IN (${marks})`).join(' OR ');
  return database
    .prepare<string[], Person>(
      `SELECT DISTINCT p.${quoted(key)} AS key, p.${quoted(id)} AS id FROM ${quoted(storageOf(where).table)} t
       JOIN ${quoted(entity.name)} p ON p.${quoted(own.theirs)} = t.${quoted(own.own)}
       WHERE ${written} ORDER BY 1`,
    )
    .all(...names.flatMap(() => spellings));
}
