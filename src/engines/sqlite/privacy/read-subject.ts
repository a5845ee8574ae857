// Reads every row about one person, collection by collection and over all days.
import Database from 'better-sqlite3';
import { derivePersonalDataMap } from '../../../../schema/derive/personal-data-map.ts';
import type { Entity } from '../../../../schema/entity.ts';
import type { Model } from '../../../../schema/model.ts';
import { renderSubjectRows } from '../../../sql/build/privacy/subject.ts';
import type { Person } from '../../erasure.ts';
import { iterateRows } from '../execute-sql.ts';
import type { StoredGeneration } from '../generations/generation-files.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';
import { withSelectedPeople } from './selected-people.ts';

export interface SubjectRows {
  readonly entity: Entity;
  /** As they are stored: truths are 0 and 1, instants have no Z; whole numbers are bigint. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Of the collections that are about people, in the model's order; also those without a row. */
export function readSubject(
  { path }: StoredGeneration,
  model: Model,
  person: Person,
): readonly SubjectRows[] {
  const people = derivePersonalDataMap(model);
  if (!people) return [];
  const database = new Database(path, { readonly: true, fileMustExist: true });
  try {
    return withSelectedPeople(database, [person], () =>
      people.collections.map((collection) => {
        const query = renderSubjectRows(SQLITE_BUILD_DIALECT, people, collection);
        const rows = [...iterateRows<Record<string, unknown>>(database, query)];
        return { entity: collection.entity, rows };
      }),
    );
  } finally {
    database.close();
  }
}
