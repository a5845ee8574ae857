// Errors of the machine that its owner can fix, such as a full disk or a folder that cannot be written.
import { isCorruption, sqliteErrorCode } from '../../engines/sqlite/sqlite-errors.ts';

const SYSTEM_ERROR_CODES: ReadonlySet<unknown> = new Set([
  'EACCES',
  'EDQUOT',
  'EEXIST',
  'EFBIG',
  'EISDIR',
  'EMFILE',
  'ENAMETOOLONG',
  'ENOSPC',
  'ENOTDIR',
  'EPERM',
  'EROFS',
]);
const SQLITE_ERROR_CODES = /^SQLITE_(CANTOPEN|FULL|IOERR|PERM|READONLY)/;

/** The message of the system, which names the file; null for every other error. */
export function systemErrorMessage(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  if (isCorruption(error)) {
    return `A file of the warehouse is damaged: ${error.message}. 'fleetfeed verify --all' shows which one.`;
  }
  const isSystemError =
    SYSTEM_ERROR_CODES.has(error.code) || SQLITE_ERROR_CODES.test(sqliteErrorCode(error) ?? '');
  return isSystemError ? `The machine refused: ${error.message}.` : null;
}
