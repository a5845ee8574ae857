// Runs the ETL in a process of its own: reads stay fast, its memory is freed at the end, and it can always be stopped.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Credential } from '../../../etl/graph/sign-in/credential.ts';
import type { Observation, Observer } from '../../base/observation.ts';
import type { Settings } from '../../settings/settings.ts';
import type { EtlSettings } from '../wiring/tenant-etl.ts';

/** Sent over the channel, since others on the machine can see arguments. */
export interface EtlProcessInput {
  readonly credential: Credential;
  readonly settings: EtlSettings & Pick<Settings, 'today'>;
}

/** Every observation, and at the end the error, if there was one. */
export type EtlProcessMessage =
  | { readonly kind: 'observed'; readonly observation: Observation }
  | { readonly kind: 'failed'; readonly error: Error };

// A server has five seconds to shut down, and a run in the middle of a merge handles no signal before the merge is over.
const GRACE_MS = 3000;

/**
 * Resolves when the run is published, rejects with the error of the run. An abort ends it within `GRACE_MS`: nothing is
 * published then, and the next run removes what is left behind.
 */
export async function runEtlInProcess(
  { credential, settings }: EtlProcessInput,
  observe: Observer,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const child = fork(new URL('./etl-process.ts', import.meta.url), {
    // Errors cross the channel as errors.
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const failures: Error[] = [];
  child.on('message', (message: EtlProcessMessage) => {
    if (message.kind === 'failed') failures.push(message.error);
    else observe(message.observation);
  });
  let killTimer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    child.kill('SIGTERM');
    killTimer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    // The channel closes after the last message, which may come after the exit.
    const ended = Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
    child.send({ credential, settings } satisfies EtlProcessInput);
    await ended;
  } finally {
    signal.removeEventListener('abort', stop);
    clearTimeout(killTimer);
  }
  if (child.exitCode === 0) return;
  const ending = child.signalCode ?? `exit code ${child.exitCode}`;
  throw failures[0] ?? new Error(`The process of the run ended with ${ending}.`);
}
