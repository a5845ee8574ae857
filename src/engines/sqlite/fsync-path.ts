// Waiting for the disk.
import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Returns when the disk has the file, or the directory's entries. */
export function fsyncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
