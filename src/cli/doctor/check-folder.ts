// The data folder: whether a generation can be built in it, whether there is room, and who else on the machine can read it.
import { accessSync, constants, existsSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { listGenerationFiles } from '../../engines/sqlite/generations/generation-files.ts';
import { secretFiles } from '../../settings/secret-files.ts';
import type { Settings } from '../../settings/settings.ts';
import { fail, ok, warn, type Check, type CheckResult } from './check-result.ts';

/** A generation is built as a copy of the newest one that grows, with a journal and the staged rows beside it. */
const SIZE_FACTOR = 3;
const MIN_FREE_BYTES = 500e6;

export const checkFolder: Check = ({ data }) => {
  if (existsSync(data)) return [checkWritable(data), checkDiskSpace(data), checkFolderMode(data)];
  const parent = nearestExistingFolder(resolve(data));
  accessSync(parent, constants.W_OK);
  return [ok('folder', `'${data}' does not exist yet; the first run creates it.`), checkDiskSpace(parent)];
};

function nearestExistingFolder(path: string): string {
  return existsSync(path) ? path : nearestExistingFolder(dirname(path));
}

function checkWritable(data: string): CheckResult {
  const path = join(data, `.doctor-${process.pid}`);
  try {
    writeFileSync(path, 'x', { flush: true });
    return ok('folder', `'${data}' is writable.`);
  } finally {
    rmSync(path, { force: true });
  }
}

function checkDiskSpace(folder: string): CheckResult {
  const { bavail, bsize } = statfsSync(folder);
  const [newest] = listGenerationFiles(folder);
  const size = newest ? statSync(newest.path).size : 0;
  const needed = Math.max(MIN_FREE_BYTES, size * SIZE_FACTOR);
  const message = `${gigabytes(bavail * bsize)} are free, a run may need ${gigabytes(needed)}.`;
  if (bavail * bsize >= needed) return ok('disk', message);
  return fail('disk', message, 'Make room, or keep fewer generations (--keep-generations).');
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

function checkFolderMode(data: string): CheckResult {
  if (!isOpenTo(data, EVERYONE_READS)) return ok('folder', 'Other accounts of this machine cannot read it.');
  return warn(
    'folder',
    `Every account of this machine can read '${data}', which holds personal data.`,
    `Close it: chmod o-rwx '${data}'`,
  );
}

/** Files that no other account may read or change. */
export const checkSecretFiles: Check = (settings) => {
  const files = [...secretFiles(), ...secretFilesOfSettings(settings)].filter(({ path }) => existsSync(path));
  return files.map(({ name, path }) => {
    if (isOpenTo(path, EVERYONE_WRITES)) {
      return fail(
        'secrets',
        `Every account of this machine can change '${path}' (${name}).`,
        `chmod 600 '${path}'`,
      );
    }
    if (isOpenTo(path, EVERYONE_READS)) {
      return fail(
        'secrets',
        `Every account of this machine can read '${path}' (${name}).`,
        `chmod 600 '${path}'`,
      );
    }
    return ok('secrets', `'${path}' (${name}) cannot be read by other accounts.`);
  });
};

function secretFilesOfSettings({ tlsKey, federatedTokenFile, data }: Settings) {
  return [
    { name: '--tls-key', path: tlsKey ?? '' },
    { name: '--federated-token-file', path: federatedTokenFile ?? '' },
    { name: 'API keys', path: join(data, 'keys.json') },
    { name: 'the masking secret', path: join(data, 'privacy.key') },
  ];
}

const EVERYONE_READS = 0o004;
const EVERYONE_WRITES = 0o002;

// Windows has access lists in place of modes, and Node does not show them.
function isOpenTo(path: string, bits: number): boolean {
  return process.platform !== 'win32' && (statSync(path).mode & bits) !== 0;
}
