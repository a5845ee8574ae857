// The files of generations: their names, their order, and the generation row inside.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { DateKey } from '../../../base/date-key.ts';
import type { Generation } from '../../engine.ts';
import { sql, value } from '../../../sql/fragment.ts';
import { readText } from '../execute-sql.ts';
import { corruptionMessage, sqliteErrorCode } from '../sqlite-errors.ts';

/** The file in which a generation is built. A rename publishes it, whole or not at all. */
export const BUILD_FILE = 'building.sqlite';

export interface GenerationFile {
  readonly id: number;
  readonly dateKey: DateKey;
  readonly path: string;
}

export interface StoredGeneration extends Generation {
  readonly path: string;
}

/** `generation-000061-20261120.sqlite` */
export function generationFileName(id: number, dateKey: DateKey): string {
  return `generation-${String(id).padStart(6, '0')}-${dateKey}.sqlite`;
}

/** `refused-20261120.sqlite`: a build that verification refused, in quarantine. */
export function quarantinedFileName(dateKey: DateKey): string {
  return `refused-${dateKey}.sqlite`;
}

/** The latest first. Opens no file. */
export function listQuarantinedFiles(dataDir: string): readonly Pick<GenerationFile, 'dateKey' | 'path'>[] {
  if (!existsSync(dataDir)) return [];
  return readdirSync(dataDir)
    .map((name) => /^refused-(\d{8})\.sqlite$/.exec(name))
    .filter((parts) => parts !== null)
    .map(([name, dateKey]) => ({ dateKey: Number(dateKey), path: join(dataDir, name) }))
    .sort((a, b) => b.dateKey - a.dateKey);
}

/** Published files, the newest first; none where the folder does not exist yet. Opens no file. */
export function listGenerationFiles(dataDir: string): readonly GenerationFile[] {
  if (!existsSync(dataDir)) return [];
  return readdirSync(dataDir)
    .map((name) => /^generation-(\d{6,})-(\d{8})\.sqlite$/.exec(name))
    .filter((parts) => parts !== null)
    .map(([name, id, dateKey]) => ({ id: Number(id), dateKey: Number(dateKey), path: join(dataDir, name) }))
    .sort((a, b) => b.id - a.id);
}

/**
 * Published generations, the newest first. Skips a file that was removed meanwhile, or whose content does not (yet) match
 * its name, such as a backup that is being copied back.
 */
export function listGenerations(dataDir: string): readonly StoredGeneration[] {
  return listGenerationFiles(dataDir)
    .map(readGeneration)
    .filter((generation) => generation !== null);
}

/** The damage that SQLite finds in a file; null where it is whole. Reads the whole file, which takes seconds for a large one. */
export function findFileDamage(path: string): string | null {
  let database;
  try {
    database = new Database(path, { readonly: true, fileMustExist: true });
    const answer = String(readText(database, sql`PRAGMA quick_check(1)`));
    return answer === 'ok' ? null : answer;
  } catch (error) {
    const damage = corruptionMessage(error);
    if (damage !== null) return damage;
    throw error;
  } finally {
    database?.close();
  }
}

/** Reads the generation row of a file; null when the file is gone or its content does not match its name. */
export function readGeneration({ id, dateKey, path }: GenerationFile): StoredGeneration | null {
  let database;
  try {
    database = new Database(path, { readonly: true, fileMustExist: true });
    const publishedAt = readText(
      database,
      sql`SELECT "publishedAtUTC" FROM "generation" WHERE "id" = ${value(id)} AND "dateKey" = ${value(dateKey)}`,
    );
    return publishedAt === null ? null : { id, dateKey, path, publishedAt: `${publishedAt}Z` };
  } catch (error) {
    if (sqliteErrorCode(error) !== null) return null;
    throw error;
  } finally {
    database?.close();
  }
}
