// The manifest of an export: the last file that export writes, and the first that import reads.
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
  /** Schema fingerprint of the model when it was written. */
  readonly mark: number;
  /** Whether it has every collection and all that a warehouse needs to continue. */
  readonly whole: boolean;
  readonly tables: readonly ExportedTable[];
}

export const MANIFEST = 'manifest.json';

/** Throws `setup.bad-setting` where the folder has no export, or one of some collections only. */
export function readManifest(folder: string): ExportManifest {
  const path = join(folder, MANIFEST);
  if (!existsSync(path)) throw notAnExport(`'${folder}' is not an export: there is no ${MANIFEST}.`);
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as ExportManifest;
  if ((manifest.kind as string) !== 'fleetfeed-export')
    throw notAnExport(`'${path}' is not the manifest of an export.`);
  if (manifest.whole) return manifest;
  throw notAnExport(
    `'${folder}' has only ${manifest.tables.length} collections.`,
    'Export without --collections.',
  );
}

/** Throws `feed.unavailable` where a file is missing or was changed. */
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
