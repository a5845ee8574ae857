// What an export says of itself: the last file that is written, and the first that is read.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DateKey } from '../../base/date-key.ts';
import { digestFile } from '../../engines/digest-file.ts';
import { FeedError } from '../../base/feed-error.ts';
import type { TableColumn } from '../../format/table/table-format.ts';

export interface ExportedTable {
  readonly name: string;
  readonly file: string;
  readonly rows: number;
  readonly sha256: string;
  readonly columns: readonly TableColumn[];
}

export interface ExportManifest {
  readonly kind: 'fleetfeed-export';
  readonly format: string;
  readonly generation: number;
  readonly dateKey: DateKey;
  /** ISO instant with Z. */
  readonly publishedAt: string;
  /** Of the model that the columns are those of. */
  readonly mark: number;
  /** Every collection, and what a warehouse needs to go on from them. */
  readonly whole: boolean;
  readonly tables: readonly ExportedTable[];
}

export const MANIFEST = 'manifest.json';

/** Throws `setup.bad-setting` where the folder is no export, or not the whole of one. */
export function readManifest(folder: string): ExportManifest {
  const path = join(folder, MANIFEST);
  if (!existsSync(path)) throw notAnExport(`'${folder}' holds no export: there is no ${MANIFEST}.`);
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as ExportManifest;
  if ((manifest.kind as string) !== 'fleetfeed-export') throw notAnExport(`'${path}' is not of an export.`);
  if (manifest.whole) return manifest;
  throw notAnExport(
    `'${folder}' holds ${manifest.tables.length} collections only.`,
    'Export without --collections.',
  );
}

/** Throws `feed.unavailable` where a file is not as it was written. */
export async function checkFiles(folder: string, { tables }: ExportManifest): Promise<void> {
  for (const { file, sha256 } of tables) {
    const path = join(folder, file);
    if (existsSync(path) && (await digestFile(path)) === sha256) continue;
    throw new FeedError('feed.unavailable', `'${path}' is not the file that was exported.`, {
      hint: 'Nothing was imported.',
    });
  }
}

function notAnExport(message: string, hint?: string): FeedError {
  return new FeedError('setup.bad-setting', message, { hint });
}
