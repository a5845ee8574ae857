// A night in a process of its own: reads do not feel it, what it held in memory ends with it, and it can always be ended.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Credential } from '../../../etl/graph/sign-in/credential.ts';
import type { Observation, Observer } from '../../base/observation.ts';
import type { Settings } from '../../settings/settings.ts';
import type { EtlSettings } from '../wiring/tenant-etl.ts';

/** What the process is told: over its channel, since others on the machine can see arguments. */
export interface EtlProcessInput {
  readonly credential: Credential;
  readonly settings: EtlSettings & Pick<Settings, 'today'>;
}

/** What it tells: all that it observes, and at last why it failed, if it did. */
export type EtlProcessMessage =
  | { readonly kind: 'observed'; readonly observation: Observation }
  | { readonly kind: 'failed'; readonly error: Error };

// A server that was told to end has five seconds, and a night in the middle of a merge hears nothing until that is over.
const GRACE_MS = 3000;

/**
 * Resolves when the night is published, rejects with what it failed of. An abort ends it within `GRACE_MS`: nothing of
 * the night is published then, and the next one clears away what it leaves behind.
 */
export async function runEtlInProcess(
  { credential, settings }: EtlProcessInput,
  observe: Observer,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const child = fork(new URL('./etl-process.ts', import.meta.url), {
    // With it, errors cross the channel as errors.
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
    // The channel closes behind the last word, which may come after the exit.
    const ended = Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
    child.send({ credential, settings } satisfies EtlProcessInput);
    await ended;
  } finally {
    signal.removeEventListener('abort', stop);
    clearTimeout(killTimer);
  }
  if (child.exitCode === 0) return;
  const ending = child.signalCode ?? `exit code ${child.exitCode}`;
  throw failures[0] ?? new Error(`The process of the night ended with ${ending}.`);
}
