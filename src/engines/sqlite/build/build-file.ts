// The file in which a build is made: a copy of its base at first, at last a published or a quarantined file, or nothing.
import { constants, copyFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DateKey } from '../../../base/date-key.ts';
import { fsyncPath } from '../fsync-path.ts';
import {
  BUILD_FILE,
  generationFileName,
  listQuarantinedFiles,
  quarantinedFileName,
} from '../generations/generation-files.ts';
import { compactFile } from './compact-file.ts';
import { ignoreErrors } from './ignore-errors.ts';

/** The database must be closed before the file is published, quarantined or removed. */
export interface BuildFile {
  readonly path: string;
  /** For staged rows, until they are merged. Does not exist yet. */
  readonly stagingPath: string;
  /** On the disk under its published name when this returns. */
  publish(id: number, dateKey: DateKey): void;
  /** Replaces the quarantined file of an earlier run. */
  quarantine(dateKey: DateKey): void;
  /** Removes it with everything that was made beside it. */
  remove(): void;
}

/** Removes what a killed run has left, and copies the file `copyFrom`, if any. Only for the holder of the build lock. */
export function createBuildFile(dataDir: string, copyFrom: string | null): BuildFile {
  const path = join(dataDir, BUILD_FILE);
  const stagingPath = `${path}-harvested`;
  const remove = (): void => {
    for (const each of [path, `${path}-journal`, `${path}-compact`, stagingPath])
      rmSync(each, { recursive: true, force: true });
  };
  remove();
  try {
    if (copyFrom !== null) copyFileSync(copyFrom, path, constants.COPYFILE_FICLONE);
  } catch (error) {
    // Half a copy would keep a full disk full.
    remove();
    throw error;
  }
  const renameTo = (name: string): void => {
    renameSync(path, join(dataDir, name));
    ignoreErrors(() => fsyncPath(dataDir));
  };
  return {
    path,
    stagingPath,
    publish(id, dateKey) {
      compactFile(path);
      fsyncPath(path);
      renameTo(generationFileName(id, dateKey));
    },
    quarantine(dateKey) {
      fsyncPath(path);
      for (const each of listQuarantinedFiles(dataDir)) rmSync(each.path, { force: true });
      renameTo(quarantinedFileName(dateKey));
    },
    remove,
  };
}
