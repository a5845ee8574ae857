// Erases people from the file being built: rows stay and count, but no longer say whom they are about.
import {
  derivePersonalDataMap,
  type PersonalCollection,
  type PersonalDataMap,
} from '../../../../schema/derive/personal-data-map.ts';
import type { DateKey } from '../../../base/date-key.ts';
import {
  renderEraseCollection,
  renderEraseNaturalKeys,
  renderLeavers,
  renderPeople,
  renderPersonalValues,
  renderWriteTombstone,
} from '../../../sql/build/privacy/erasure.ts';
import { placeholderOf } from '../../../sql/build/privacy/selected-people.ts';
import type { ErasureCounts, ErasureOptions, Person } from '../../erasure.ts';
import { subjectHash } from '../../subject-hash.ts';
import { canonicalInstant } from '../../../base/instant.ts';
import type { BuildContext } from '../build/build-context.ts';
import { execute, executeAll, prepareForRows, readColumn, readRows } from '../execute-sql.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';
import { withSelectedPeople } from './selected-people.ts';
import { readTombstones } from './tombstones.ts';

export interface ErasureResult extends ErasureCounts {
  /** Every value that was erased, for texts that may contain it. */
  readonly values: readonly string[];
}

/**
 * An id becomes a placeholder in every row that names the person; all else that is personal becomes null, in their own
 * rows and in those of the days on which they owned a thing. Intervals with such a day lose it whole.
 */
export function erasePeople(
  { database, model }: BuildContext,
  selected: readonly Person[],
  { at, forGood }: ErasureOptions,
): ErasureResult {
  const people = derivePersonalDataMap(model);
  if (!people || selected.length === 0) return { people: 0, rows: new Map(), values: [] };
  const collections = people.collections.filter(({ personalProperties }) => personalProperties.length > 0);
  const erase = (collection: PersonalCollection): number =>
    execute(database, renderEraseCollection(SQLITE_BUILD_DIALECT, people, collection, canonicalInstant(at)));
  return database.transaction(() =>
    withSelectedPeople(database, selected, () => {
      const values = new Set(collections.flatMap((each) => readPersonalValues(database, people, each)));
      // Present owners are read from rows that name people, so those are erased last.
      const ordered = collections.toSorted(
        (a, b) => Number(a.ownedColumn === null) - Number(b.ownedColumn === null),
      );
      const rows = ordered.map((each) => [each.entity.name, erase(each)] as const);
      executeAll(database, renderEraseNaturalKeys(SQLITE_BUILD_DIALECT, people));
      const writeTombstone = prepareForRows(database, renderWriteTombstone(SQLITE_BUILD_DIALECT));
      for (const { key, id } of selected)
        writeTombstone.run([subjectHash(id), placeholderOf(key), Number(forGood)]);
      return { people: selected.length, rows: new Map(rows), values: [...values] };
    }),
  )();
}

/** People who have rows although they were erased: an earlier file brought them back. */
export function findResurrected({ database, model }: BuildContext): readonly Person[] {
  const people = derivePersonalDataMap(model);
  const hashes = new Set(readTombstones(database).map(({ hash }) => hash));
  if (!people || hashes.size === 0) return [];
  return readRows<Person>(database, renderPeople(SQLITE_BUILD_DIALECT, people)).filter((person) =>
    hashes.has(subjectHash(person.id)),
  );
}

/** People who were deleted on that day or before, and are not erased yet. */
export function findLeavers(
  { database, model, parameters }: BuildContext,
  since: DateKey,
): readonly Person[] {
  const people = derivePersonalDataMap(model);
  const history = people?.collections.find(({ entity }) => entity.name === people.entity.history);
  if (!people || !history) return [];
  const { open } = parameters;
  const query = renderLeavers(SQLITE_BUILD_DIALECT, people, history, { since, open });
  if (query === null) return [];
  return readRows<Person>(database, query).filter((person) => person.id !== placeholderOf(person.key));
}

function readPersonalValues(
  database: BuildContext['database'],
  people: PersonalDataMap,
  collection: PersonalCollection,
): readonly string[] {
  return collection.personalProperties.flatMap((name) =>
    readColumn<string>(database, renderPersonalValues(SQLITE_BUILD_DIALECT, people, collection, name)),
  );
}
