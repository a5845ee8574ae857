// Reads a file that a person named: a pipe or a device, which may never end, is refused.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { isNativeError } from 'node:util/types';

/** Its message says what is wrong and has no subject: `is a folder`. */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';
}

/** Far more than a certificate chain, a list of roles or a secret takes. */
const MAX_BYTES = 1024 * 1024;

/** Throws UnreadableFileError, and the errors of the file system. */
export function readRegularFile(path: string, maxBytes = MAX_BYTES): Buffer {
  // O_NONBLOCK: to open a named pipe would wait for its writer. On Windows it is undefined, which counts as 0.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    if (stats.isDirectory()) throw new UnreadableFileError('is a folder');
    if (!stats.isFile()) throw new UnreadableFileError('is not a regular file');
    const bytes = readUpTo(file, maxBytes + 1);
    if (bytes.length <= maxBytes) return bytes;
    throw new UnreadableFileError(`is larger than ${maxBytes / 1024} KiB`);
  } finally {
    closeSync(file);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'may not be read by this account',
  EPERM: 'may not be read by this account',
};

/** What ends a sentence about a file that `readRegularFile` did not read. */
export function unreadableReason(error: unknown): string {
  if (error instanceof UnreadableFileError) return error.message;
  const code = isNativeError(error) && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? 'cannot be read';
}

// The size of a file is not asked: it is 0 in /proc, and another program may be writing.
function readUpTo(file: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  let length = 0;
  while (length < bytes) {
    const count = readSync(file, buffer, length, bytes - length, null);
    if (count === 0) break;
    length += count;
  }
  return buffer.subarray(0, length);
}
