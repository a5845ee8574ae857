// Waiting for SIGTERM or SIGINT.
import { startedByNpm } from '../settings/started-by-npm.ts';

const LOOK_EVERY_MS = 250;

/** Resolves with the first signal. A second one finds the default behaviour again and ends the process at once. */
export function untilToldToEnd(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const parent = process.ppid;
    const onSignal = (signal: NodeJS.Signals): void => {
      process.off('SIGTERM', onSignal);
      process.off('SIGINT', onSignal);
      clearInterval(watching);
      resolve(signal);
    };
    // npm hands SIGTERM to the shell between it and us, and that shell dies of it without a word to us.
    const lookForParent = (): void => {
      if (process.ppid !== parent) onSignal('SIGTERM');
    };
    const watching = startedByNpm() ? setInterval(lookForParent, LOOK_EVERY_MS).unref() : undefined;
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}
