// The table of the people that the statements of sql/build/selected-people.ts are about.
import type { Database } from 'better-sqlite3';
import {
  renderCreateSelectedPeople,
  renderSelectPerson,
  selectedPeopleTable,
} from '../../../sql/build/privacy/selected-people.ts';
import { sql } from '../../../sql/fragment.ts';
import type { Person } from '../../erasure.ts';
import { execute, prepareForRows } from '../execute-sql.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';

/** Does the work while the table has these people. */
export function withSelectedPeople<Result>(
  database: Database,
  people: readonly Person[],
  work: () => Result,
): Result {
  execute(database, renderCreateSelectedPeople(SQLITE_BUILD_DIALECT));
  try {
    const insert = prepareForRows(database, renderSelectPerson(SQLITE_BUILD_DIALECT));
    for (const { key, id } of people) insert.run([key, id]);
    return work();
  } finally {
    execute(database, sql`DROP TABLE ${selectedPeopleTable(SQLITE_BUILD_DIALECT)}`);
  }
}
