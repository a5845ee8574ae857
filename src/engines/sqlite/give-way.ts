// How a thread lets the others of its process go first where processors are short.
import { readlinkSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';
import { basename } from 'node:path';

// Added to that of the process: a third of what the others get, where all of them want to compute.
const NICENESS = 5;

/**
 * Of the thread that calls it, and for good. On Linux each thread has a niceness of its own; elsewhere, and where the
 * system does not tell which thread this is, nothing happens.
 */
export function lowerThreadPriority(): void {
  if (process.platform !== 'linux') return;
  try {
    const niceness = Math.min(getPriority() + NICENESS, constants.priority.PRIORITY_LOW);
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), niceness);
  } catch {
    // Slower answers while processors are short, and nothing worse.
  }
}
