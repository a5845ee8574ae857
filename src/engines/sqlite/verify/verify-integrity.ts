// A published file, examined as a whole: its pages, and every day of every collection by the rules of a night.
import Database from 'better-sqlite3';
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import type { Model } from '../../../../schema/model.ts';
import type { Generation } from '../../engine.ts';
import type { VerifyFinding } from '../../generation-build.ts';
import { buildParameters } from '../build/build-context.ts';
import { schemaFingerprint } from '../generations/schema-fingerprint.ts';
import { corruptionMessage } from '../sqlite-errors.ts';
import { verifyGeneration } from './verify-generation.ts';

export interface IntegrityReport {
  /** What the file says it is; null where it does not even say that. */
  readonly generation: Generation | null;
  /** Empty when all is well. */
  readonly findings: readonly VerifyFinding[];
  /** By collection; null where another release made the file: of it only the pages are examined. */
  readonly rows: ReadonlyMap<string, number> | null;
}

/** Reads the whole file: seconds where it is large. Throws where there is none, or it may not be read. */
export function verifyIntegrity(path: string, model: Model): IntegrityReport {
  let database;
  try {
    database = new Database(path, { readonly: true, fileMustExist: true });
    const generation = readOwnGeneration(database);
    const integrityCheck = String(database.pragma('integrity_check(1)', { simple: true }));
    if (integrityCheck !== 'ok') return { generation, findings: [damageFinding(integrityCheck)], rows: null };
    if (database.pragma('user_version', { simple: true }) !== schemaFingerprint(model))
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
  const [hasTable] = database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'generation'`).all();
  const found = hasTable
    ? database
        .prepare<[], Generation>(`SELECT id, dateKey, publishedAtUTC || 'Z' AS publishedAt FROM generation`)
        .get()
    : undefined;
  if (found) return found;
  throw new NoGenerationError('it holds no generation');
}

function damageFinding(damage: string): VerifyFinding {
  return { collection: '', message: `The file is damaged: ${damage}.`, isBroken: true };
}

function countRows(database: Database.Database, { entities }: Model): ReadonlyMap<string, number> {
  const count = (name: string): number =>
    database
      .prepare<[], number>(`SELECT count(*) FROM ${quoteIdentifier(name)}`)
      .pluck()
      .get() ?? 0;
  return new Map([...entities.keys()].map((name) => [name, count(name)]));
}
