// Waiting for SIGTERM or SIGINT.
import { startedByNpm } from '../../settings/started-by-npm.ts';

const POLL_MS = 250;

/** Resolves with the first signal. A second one ends the process at once. */
export function waitForShutdownSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const parent = process.ppid;
    const onSignal = (signal: NodeJS.Signals): void => {
      process.off('SIGTERM', onSignal);
      process.off('SIGINT', onSignal);
      clearInterval(polling);
      resolve(signal);
    };
    // npm sends SIGTERM to the shell between it and us, which dies without passing it on.
    const checkParent = (): void => {
      if (process.ppid !== parent) onSignal('SIGTERM');
    };
    const polling = startedByNpm() ? setInterval(checkParent, POLL_MS).unref() : undefined;
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}
