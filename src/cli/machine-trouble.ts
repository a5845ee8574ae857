// Trouble that the machine makes and its owner can end: a full disk, a folder that may not be written. No fault of ours.
import { isCorruption, sqliteErrorCode } from '../engines/sqlite/sqlite-errors.ts';

const OF_THE_SYSTEM: ReadonlySet<unknown> = new Set([
  'EACCES',
  'EDQUOT',
  'EEXIST',
  'EFBIG',
  'EISDIR',
  'EMFILE',
  'ENOSPC',
  'ENOTDIR',
  'EPERM',
  'EROFS',
]);
const OF_SQLITE = /^SQLITE_(CANTOPEN|FULL|IOERR|PERM|READONLY)/;

/** What the system said, which names the file; null for every other error. */
export function machineTrouble(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  if (isCorruption(error)) {
    return `A file of the warehouse is damaged: ${error.message}. fleetfeed verify --all tells which one.`;
  }
  const isOne = OF_THE_SYSTEM.has(error.code) || OF_SQLITE.test(sqliteErrorCode(error) ?? '');
  return isOne ? `The machine refused: ${error.message}.` : null;
}
