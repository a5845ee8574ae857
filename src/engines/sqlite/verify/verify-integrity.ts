// Verifies a published file as a whole: its pages, and every day of every collection by the checks of a build.
import Database from 'better-sqlite3';
import type { Model } from '../../../../schema/model.ts';
import { renderGeneration, renderRowsOf } from '../../../sql/build/generation.ts';
import { sql } from '../../../sql/fragment.ts';
import type { Generation } from '../../engine.ts';
import type { VerifyFinding } from '../../generation-build.ts';
import { buildParameters } from '../build/build-context.ts';
import { readCount, readRows, readText } from '../execute-sql.ts';
import { readFingerprint, schemaFingerprint } from '../generations/schema-fingerprint.ts';
import { hasTable } from '../has-table.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';
import { corruptionMessage } from '../sqlite-errors.ts';
import { verifyGeneration } from './verify-generation.ts';

export interface IntegrityReport {
  /** The generation that the file says it is; null where it says nothing. */
  readonly generation: Generation | null;
  /** Empty when all is well. */
  readonly findings: readonly VerifyFinding[];
  /** By collection; null where another release made the file: then only its pages are verified. */
  readonly rows: ReadonlyMap<string, number> | null;
}

/** Reads the whole file: seconds where it is large. Throws where there is none, or it may not be read. */
export function verifyIntegrity(path: string, model: Model): IntegrityReport {
  let database;
  try {
    database = new Database(path, { readonly: true, fileMustExist: true });
    const generation = readOwnGeneration(database);
    const integrityCheck = String(readText(database, sql`PRAGMA integrity_check(1)`));
    if (integrityCheck !== 'ok') return { generation, findings: [damageFinding(integrityCheck)], rows: null };
    if (readFingerprint(database) !== schemaFingerprint(model))
      return { generation, findings: [], rows: null };
    const { dateKey, publishedAt } = generation;
    const parameters = buildParameters(dateKey, new Date(publishedAt));
    const findings = verifyGeneration({ database, model, parameters });
    return { generation, findings, rows: countRows(database, model) };
  } catch (error) {
    const damage = error instanceof NoGenerationError ? error.message : corruptionMessage(error);
    if (damage === null) throw error;
    return { generation: null, findings: [damageFinding(damage)], rows: null };
  } finally {
    database?.close();
  }
}

class NoGenerationError extends Error {}

function readOwnGeneration(database: Database.Database): Generation {
  const [found] = hasTable(database, 'generation')
    ? readRows<Generation>(database, renderGeneration(SQLITE_BUILD_DIALECT))
    : [];
  if (found) return { ...found, publishedAt: `${found.publishedAt}Z` };
  throw new NoGenerationError('it holds no generation');
}

function damageFinding(damage: string): VerifyFinding {
  return { collection: '', message: `The file is damaged: ${damage}.`, isBroken: true };
}

function countRows(database: Database.Database, { entities }: Model): ReadonlyMap<string, number> {
  const count = (name: string): number => readCount(database, renderRowsOf(SQLITE_BUILD_DIALECT, name));
  return new Map([...entities.keys()].map((name) => [name, count(name)]));
}
