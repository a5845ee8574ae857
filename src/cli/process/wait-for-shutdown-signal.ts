// Waiting for SIGTERM or SIGINT.
import { startedByNpm } from '../../settings/started-by-npm.ts';

const POLL_MS = 250;

/** Resolves with the first signal. A second one finds the default behaviour again and ends the process at once. */
export function waitForShutdownSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const parent = process.ppid;
    const onSignal = (signal: NodeJS.Signals): void => {
      process.off('SIGTERM', onSignal);
      process.off('SIGINT', onSignal);
      clearInterval(polling);
      resolve(signal);
    };
    // npm hands SIGTERM to the shell between it and us, and that shell dies of it without a word to us.
    const checkParent = (): void => {
      if (process.ppid !== parent) onSignal('SIGTERM');
    };
    const polling = startedByNpm() ? setInterval(checkParent, POLL_MS).unref() : undefined;
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}
