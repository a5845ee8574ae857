// Flushes to the disk.
import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Returns when the file, or the entries of the folder, are on the disk. */
export function fsyncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
