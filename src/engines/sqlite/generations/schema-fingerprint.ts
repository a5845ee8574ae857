// A number in each generation's file that says which model and layout it was built for.
import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { deriveDdl } from '../../../../schema/derive/ddl.ts';
import type { Model } from '../../../../schema/model.ts';

// Raise it when the layout of something changes that neither the model nor its DDL describes, such as the word index.
const LAYOUT_VERSION = 2;

/** Fits SQLite's user_version: from 1 to 2^31 − 1. Files from before fingerprints have 0. */
export function schemaFingerprint(model: Model): number {
  const shape = JSON.stringify([LAYOUT_VERSION, deriveDdl(model), [...model.entities.values()]]);
  return (createHash('sha256').update(shape).digest().readUInt32BE() >>> 1) | 1;
}

/** Of the database, as it was written last. */
export function readFingerprint(database: Database): unknown {
  return database.pragma('user_version', { simple: true });
}

export function writeFingerprint(database: Database, fingerprint: number): void {
  database.pragma(`user_version = ${fingerprint}`);
}

/** Rows were removed whose words are still in the search indexes: these are rebuilt when the file is next published. */
export function invalidateFingerprint(database: Database): void {
  writeFingerprint(database, 0);
}
