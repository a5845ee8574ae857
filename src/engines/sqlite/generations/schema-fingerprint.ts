// A number in each generation's file that says which model and layout it was built for.
import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { Model } from '../../../../schema/model.ts';
import { definitionText, deriveDdl } from '../../../sql/build/schema/derive-ddl.ts';
import { integerConstant, sql } from '../../../sql/fragment.ts';
import { execute, readNumber } from '../execute-sql.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';

// Raise it when the layout of something changes that neither the model nor its DDL describes, such as the word index.
const LAYOUT_VERSION = 2;

/** Fits SQLite's user_version: from 1 to 2^31 − 1. Files from before fingerprints have 0. */
export function schemaFingerprint(model: Model): number {
  const ddl = deriveDdl(SQLITE_BUILD_DIALECT, model).map((each) => ({ ...each, sql: definitionText(each) }));
  const shape = JSON.stringify([LAYOUT_VERSION, ddl, [...model.entities.values()]]);
  return (createHash('sha256').update(shape).digest().readUInt32BE() >>> 1) | 1;
}

/** Of the database, as it was written last. */
export function readFingerprint(database: Database): number | null {
  return readNumber(database, sql`PRAGMA user_version`);
}

export function writeFingerprint(database: Database, fingerprint: number): void {
  execute(database, sql`PRAGMA user_version = ${integerConstant(fingerprint)}`);
}

/** Rows were removed whose words are still in the search indexes: these are rebuilt when the file is next published. */
export function invalidateFingerprint(database: Database): void {
  writeFingerprint(database, 0);
}
