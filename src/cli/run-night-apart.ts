// A night in a process of its own: reads do not feel it, what it held in memory ends with it, and it can always be ended.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Credential } from '../../etl/graph/sign-in/credential.ts';
import type { Observation, Observer } from '../base/observation.ts';
import type { Settings } from '../settings/settings.ts';
import { privacySettingsOf } from './privacy-of.ts';
import { boundsOf, exportSettingsOf, graphSettingsOf, type NightSettings } from './tenant-nights.ts';

/** What the process is told: over its channel, since others on the machine can see arguments. */
export interface NightOrder {
  readonly credential: Credential;
  readonly settings: NightSettings & Pick<Settings, 'today'>;
}

/** What it tells: all that it observes, and at last why it failed, if it did. */
export type NightWord =
  | { readonly kind: 'observed'; readonly observation: Observation }
  | { readonly kind: 'failed'; readonly error: Error };

// A server that was told to end has five seconds, and a night in the middle of a merge hears nothing until that is over.
const GRACE_MS = 3000;

/**
 * Resolves when the night is published, rejects with what it failed of. An abort ends it within `GRACE_MS`: nothing of
 * the night is published then, and the next one clears away what it leaves behind.
 */
export async function runNightApart(
  { credential, settings }: NightOrder,
  observe: Observer,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const child = fork(new URL('./night-process.ts', import.meta.url), {
    // With it, errors cross the channel as errors.
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const failures: Error[] = [];
  child.on('message', (word: NightWord) => {
    if (word.kind === 'failed') failures.push(word.error);
    else observe(word.observation);
  });
  let cut: NodeJS.Timeout | undefined;
  const end = (): void => {
    child.kill('SIGTERM');
    cut = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  };
  signal.addEventListener('abort', end, { once: true });
  try {
    // The channel closes behind the last word, which may come after the exit.
    const over = Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
    const { data, keepGenerations, mostAppsAsked, deviceDetails, retention, today } = settings;
    const bounds = boundsOf(settings);
    const needed = {
      data,
      keepGenerations,
      mostAppsAsked,
      deviceDetails,
      retention,
      today,
      ...bounds,
      ...exportSettingsOf(settings),
      ...graphSettingsOf(settings),
      ...privacySettingsOf(settings),
    };
    child.send({ credential, settings: needed } satisfies NightOrder);
    await over;
  } finally {
    signal.removeEventListener('abort', end);
    clearTimeout(cut);
  }
  if (child.exitCode === 0) return;
  const how = child.signalCode ?? `exit code ${child.exitCode}`;
  throw failures[0] ?? new Error(`The process of the night ended with ${how}.`);
}
