// The data folder: can a night be built in it, is there room for one, and who else on the machine can read it.
import { accessSync, constants, existsSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { listGenerationFiles } from '../../engines/sqlite/generations/generation-files.ts';
import { secretFiles } from '../../settings/secret-files.ts';
import type { Settings } from '../../settings/settings.ts';
import { fail, ok, warn, type Check, type Finding } from './finding.ts';

/** A night is built beside the newest generation, as a copy of it that grows, with a journal and what was harvested at its side. */
const TIMES_NEEDED = 3;
const LEAST_FREE = 500e6;

export const checkFolder: Check = ({ data }) => {
  if (existsSync(data)) return [tryToWrite(data), measureRoom(data), whoReads(data)];
  const parent = firstParent(resolve(data));
  accessSync(parent, constants.W_OK);
  return [ok('folder', `'${data}' is not there yet; the first night makes it.`), measureRoom(parent)];
};

function firstParent(path: string): string {
  return existsSync(path) ? path : firstParent(dirname(path));
}

function tryToWrite(data: string): Finding {
  const path = join(data, `.doctor-${process.pid}`);
  try {
    writeFileSync(path, 'x', { flush: true });
    return ok('folder', `'${data}' can be written.`);
  } finally {
    rmSync(path, { force: true });
  }
}

function measureRoom(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder);
  const [newest] = listGenerationFiles(folder);
  const size = newest ? statSync(newest.path).size : 0;
  const needed = Math.max(LEAST_FREE, size * TIMES_NEEDED);
  const told = `${gigabytes(bavail * bsize)} are free, a night may need ${gigabytes(needed)}.`;
  if (bavail * bsize >= needed) return ok('disk', told);
  return fail('disk', told, 'Make room, or keep fewer generations (--keep-generations).');
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

function whoReads(data: string): Finding {
  if (!isOpenTo(data, EVERYONE_READS))
    return ok('folder', 'Other accounts of this machine cannot look into it.');
  return warn(
    'folder',
    `Every account of this machine can look into '${data}', which tells about people.`,
    `Close it: chmod o-rwx '${data}'`,
  );
}

/** Files that must stay between this account and whoever put them there. */
export const checkSecretFiles: Check = (settings) => {
  const files = [...secretFiles(), ...ofSettings(settings)].filter(({ path }) => existsSync(path));
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
    return ok('secrets', `'${path}' (${name}) is closed to other accounts.`);
  });
};

function ofSettings({ tlsKey, federatedTokenFile, data }: Settings) {
  return [
    { name: '--tls-key', path: tlsKey ?? '' },
    { name: '--federated-token-file', path: federatedTokenFile ?? '' },
    { name: 'API keys', path: join(data, 'keys.json') },
    { name: 'the secret of masked people', path: join(data, 'privacy.key') },
  ];
}

const EVERYONE_READS = 0o004;
const EVERYONE_WRITES = 0o002;

// Windows has access lists in place of modes, and Node shows none of them.
function isOpenTo(path: string, bits: number): boolean {
  return process.platform !== 'win32' && (statSync(path).mode & bits) !== 0;
}
