// Waits, but no longer than until the run is cancelled.
import { setTimeout as wait } from 'node:timers/promises';

/** Throws the signal's reason once it is aborted; the timer's own error would not say why. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());
}
