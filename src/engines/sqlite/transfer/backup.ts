// A backup: the file of a generation, copied while it is served, and beside it a manifest by which it is known again.
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import type { Model } from '../../../../schema/model.ts';
import type { DateKey } from '../../../base/date-key.ts';
import { digestFile } from '../../digest-file.ts';
import { FeedError } from '../../../base/feed-error.ts';
import { verifyIntegrity } from '../verify/verify-integrity.ts';
import { fsyncPath } from '../fsync-path.ts';
import type { StoredGeneration } from '../generations/generation-files.ts';

export interface BackupManifest {
  readonly kind: 'fleetfeed-backup';
  readonly generation: number;
  readonly dateKey: DateKey;
  /** ISO instant with Z. */
  readonly publishedAt: string;
  readonly bytes: number;
  readonly sha256: string;
  /** By collection; null where an earlier release made the file. */
  readonly rows: Readonly<Record<string, number>> | null;
}

/** `fleet.sqlite` → `fleet.sqlite.json` */
export function manifestPath(file: string): string {
  return `${file}.json`;
}

/**
 * Writes the file and its manifest, or neither; a backup that was there before is replaced. Published files never change,
 * so nobody has to wait. Throws `feed.unavailable` where the copy is not whole, `setup.bad-setting` where something else
 * is in the place.
 */
export async function backUp(source: StoredGeneration, file: string, model: Model): Promise<BackupManifest> {
  if (existsSync(file) && !existsSync(manifestPath(file))) {
    throw new FeedError('setup.bad-setting', `'${file}' is there already, and is no backup.`);
  }
  const partial = `${file}.partial`;
  try {
    copyFileSync(source.path, partial, constants.COPYFILE_FICLONE);
    // The copy has the mode of its source, which a closed data folder protects.
    chmodSync(partial, 0o600);
    const { findings, rows } = verifyIntegrity(partial, model);
    const [first] = findings;
    if (first) {
      throw new FeedError('feed.unavailable', `Generation ${source.id} is not whole: ${first.message}`, {
        hint: 'Nothing was backed up. fleetfeed rollback serves the generation before again.',
      });
    }
    const manifest: BackupManifest = {
      kind: 'fleetfeed-backup',
      generation: source.id,
      dateKey: source.dateKey,
      publishedAt: source.publishedAt,
      bytes: statSync(partial).size,
      sha256: await digestFile(partial),
      rows: rows && Object.fromEntries(rows),
    };
    fsyncPath(partial);
    rmSync(manifestPath(file), { force: true });
    renameSync(partial, file);
    writeFileSync(manifestPath(file), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
    return manifest;
  } finally {
    rmSync(partial, { force: true });
  }
}

/** Throws `feed.unavailable` where the file is not what its manifest says. A file alone has only itself to say it. */
export async function checkBackup(file: string): Promise<void> {
  if (!existsSync(manifestPath(file))) return;
  const { sha256 } = JSON.parse(readFileSync(manifestPath(file), 'utf8')) as Partial<BackupManifest>;
  if (sha256 === (await digestFile(file))) return;
  throw new FeedError('feed.unavailable', `'${file}' is not the file that its manifest describes.`, {
    hint: 'It was changed or cut short since it was written; take another backup.',
  });
}
