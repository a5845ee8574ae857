// Finds the people with an id, a sign-in name or a mail address.
import Database from 'better-sqlite3';
import { derivePersonalDataMap, type PersonalDataMap } from '../../../../schema/derive/personal-data-map.ts';
import type { Model } from '../../../../schema/model.ts';
import { renderPeopleByIdentifier } from '../../../sql/build/privacy/subject.ts';
import type { Person } from '../../erasure.ts';
import { readRows } from '../execute-sql.ts';
import type { StoredGeneration } from '../generations/generation-files.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';
import { readTombstones } from './tombstones.ts';

export interface PeopleSearchResult {
  /** Those with the identifier today; where there are none, those who had it before. */
  readonly people: readonly Person[];
  /** Whether someone with the hash was erased before. */
  readonly wasErased: boolean;
}

/** `spellings` are ways of writing the same identifier, in lower case; `hash` is that of the id, should it be one. */
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
    const current = findByIdentifier(database, people, people.entity.name, spellings);
    const found =
      current.length > 0
        ? current
        : findByIdentifier(database, people, people.entity.history ?? '', spellings);
    return { people: found, wasErased: readTombstones(database).some((each) => each.hash === hash) };
  } finally {
    database.close();
  }
}

function findByIdentifier(
  database: Database.Database,
  people: PersonalDataMap,
  collectionName: string,
  spellings: readonly string[],
): readonly Person[] {
  const collection = people.collections.find(({ entity }) => entity.name === collectionName);
  const query = collection && renderPeopleByIdentifier(SQLITE_BUILD_DIALECT, people, collection, spellings);
  return query ? readRows<Person>(database, query) : [];
}
