// A published file, examined as a whole: its pages, and every day of every collection by the rules of a night.
import Database from 'better-sqlite3';
import { quoted } from '../../../schema/derive/ddl.ts';
import type { Model } from '../../../schema/model.ts';
import type { Generation } from '../engine.ts';
import type { Finding } from '../stage.ts';
import { nightParameters } from './merge/night.ts';
import { modelMark } from './model-mark.ts';
import { damageTold } from './sqlite-code.ts';
import { verifyEverything } from './verify.ts';

export interface Examined {
  /** What the file says it is; null where it does not even say that. */
  readonly generation: Generation | null;
  /** Empty when all is well. */
  readonly findings: readonly Finding[];
  /** By collection; null where another release made the file: of it only the pages are examined. */
  readonly rows: ReadonlyMap<string, number> | null;
}

/** Reads the whole file: seconds where it is large. Throws where there is none, or it may not be read. */
export function examine(path: string, model: Model): Examined {
  let database;
  try {
    database = new Database(path, { readonly: true, fileMustExist: true });
    const generation = generationIn(database);
    const health = String(database.pragma('integrity_check(1)', { simple: true }));
    if (health !== 'ok') return { generation, findings: [damaged(health)], rows: null };
    if (database.pragma('user_version', { simple: true }) !== modelMark(model))
      return { generation, findings: [], rows: null };
    const { dateKey, publishedAt } = generation;
    const parameters = nightParameters(dateKey, new Date(publishedAt));
    const findings = verifyEverything({ database, model, parameters });
    return { generation, findings, rows: countRows(database, model) };
  } catch (error) {
    const fault = error instanceof NoGeneration ? error.message : damageTold(error);
    if (fault === null) throw error;
    return { generation: null, findings: [damaged(fault)], rows: null };
  } finally {
    database?.close();
  }
}

class NoGeneration extends Error {}

function generationIn(database: Database.Database): Generation {
  const [isOne] = database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'generation'`).all();
  const found = isOne
    ? database
        .prepare<[], Generation>(`SELECT id, dateKey, publishedAtUTC || 'Z' AS publishedAt FROM generation`)
        .get()
    : undefined;
  if (found) return found;
  throw new NoGeneration('it holds no generation');
}

function damaged(how: string): Finding {
  return { collection: '', message: `The file is damaged: ${how}.`, broken: true };
}

function countRows(database: Database.Database, { entities }: Model): ReadonlyMap<string, number> {
  const count = (name: string): number =>
    database
      .prepare<[], number>(`SELECT count(*) FROM ${quoted(name)}`)
      .pluck()
      .get() ?? 0;
  return new Map([...entities.keys()].map((name) => [name, count(name)]));
}
