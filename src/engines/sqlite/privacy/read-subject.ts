// Every row about one person, collection by collection and over all days.
import Database from 'better-sqlite3';
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import {
  derivePersonalDataMap,
  type PersonalCollection,
} from '../../../../schema/derive/personal-data-map.ts';
import { storageOf } from '../../../../schema/derive/storage.ts';
import type { Model } from '../../../../schema/model.ts';
import type { Entity } from '../../../../schema/entity.ts';
import type { Person } from '../../erasure.ts';
import type { StoredGeneration } from '../generations/generation-files.ts';
import { dateKeySql, aboutSelectedSql, withSelectedPeople, type DaysOfRow } from './selected-people.ts';

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
      people.collections.map((telling) => {
        const { name, key } = telling.entity;
        const sql = `SELECT t.* FROM ${quoteIdentifier(name)} t WHERE ${aboutSelectedSql(people, telling, servedDaysOf(telling))}
          ORDER BY ${key.map((each) => `t.${quoteIdentifier(each)}`).join(', ')}`;
        const rows = database.prepare<[], Record<string, unknown>>(sql).safeIntegers().all();
        return { entity: telling.entity, rows };
      }),
    );
  } finally {
    database.close();
  }
}

/** Of rows as they are served. */
function servedDaysOf({ entity }: PersonalCollection): DaysOfRow | null {
  const { roles } = storageOf(entity);
  const role = (name: 'day' | 'startDay' | 'end'): string => `t.${quoteIdentifier(roles.get(name) ?? '')}`;
  switch (entity.lifetime) {
    case 'current':
      return null;
    case 'history':
      return { from: role('startDay'), to: dateKeySql(role('end')) };
    case 'daily':
    case 'event':
      return { from: role('day'), to: `${role('day')} + 1` };
  }
}
