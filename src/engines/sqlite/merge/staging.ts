// Harvested rows on their way in: they wait beside the generation being built until their collection is merged.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { quoted } from '../../../../schema/derive/ddl.ts';
import type { Storage } from '../../../../schema/derive/storage.ts';
import type { StagedRow } from '../../stage.ts';
import { openStagedFile, STAGED_TABLE, type StagedFile } from './staged-file.ts';
import { openSupplement, type Supplement } from './supplement.ts';

/** What a night brought of one collection. */
export interface Brought {
  /** The table of the rows that were appended, numbered by rowid as they came. */
  readonly table: string;
  readonly rows: number;
  /** Columns in which some row leaves something untold. */
  readonly untold: ReadonlySet<string>;
  /** The table of what further sources tell; null where there are none. */
  readonly supplement: string | null;
}

export interface Staging {
  append(storage: Storage, rows: readonly StagedRow[]): void;
  supplement(storage: Storage, rows: readonly StagedRow[]): void;
  /** Works with what was brought of the collection, and lets go of it. Not within a transaction. */
  merge<Result>(storage: Storage, work: (brought: Brought) => Result): Result;
  /** Lets go of everything that was brought. */
  close(): void;
}

/** Name of a table in the temporary database. */
export function staged(table: string): string {
  return `staging.${quoted(table)}`;
}

/** `folder` is for files of rows, and does not exist yet. */
export function openStaging(database: Database, folder: string): Staging {
  // An empty name is a file of SQLite's own that goes when the connection closes.
  database.exec(`ATTACH '' AS staging; PRAGMA staging.journal_mode = OFF; PRAGMA staging.synchronous = OFF`);
  mkdirSync(folder, { mode: 0o700 });
  const files = new Map<string, StagedFile>();
  const supplements = new Map<string, Supplement>();
  const open = (storage: Storage): StagedFile => {
    const { name } = storage.entity;
    return kept(files, name, () => openStagedFile(join(folder, name), storage));
  };
  return {
    append: (storage, rows) => open(storage).append(rows),
    supplement(storage, rows) {
      const { name } = storage.entity;
      kept(supplements, name, () => openSupplement(database, storage, staged(`${name}Supplement`))).put(rows);
    },
    merge(storage, work) {
      const { name } = storage.entity;
      const file = open(storage);
      const supplement = supplements.get(name)?.table ?? null;
      file.end();
      files.delete(name);
      supplements.delete(name);
      database.prepare(`ATTACH ? AS harvested`).run(file.path);
      try {
        const { rows, untold } = file;
        return work({ table: `harvested.${STAGED_TABLE}`, rows, untold, supplement });
      } finally {
        database.exec('DETACH harvested');
        rmSync(file.path);
        if (supplement !== null) database.exec(`DROP TABLE ${supplement}`);
      }
    },
    close() {
      for (const file of files.values()) file.abandon();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function kept<Part>(parts: Map<string, Part>, name: string, open: () => Part): Part {
  let part = parts.get(name);
  if (part === undefined) parts.set(name, (part = open()));
  return part;
}
