// A night in a process of its own, which is killed soon after the end of one of its stages.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { RunPhase } from '../../src/base/observation.ts';
import type { NightOrder, NightWord } from '../../src/cli/run-night-apart.ts';

export interface Kill {
  readonly after: RunPhase;
  readonly lingerMs: number;
}

/** Resolves when the process has ended: by the kill, or by itself where it was faster. */
export async function killNight(order: NightOrder, { after, lingerMs }: Kill): Promise<void> {
  const child = fork(new URL('../../src/cli/night-process.ts', import.meta.url), {
    serialization: 'advanced',
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  child.on('message', (word: NightWord) => {
    if (word.kind !== 'observed' || word.observation.kind !== 'night.stage') return;
    if (word.observation.stage === after) setTimeout(() => child.kill('SIGKILL'), lingerMs);
  });
  // Whoever is killed hears no more.
  child.on('error', () => undefined);
  child.send(order, () => undefined);
  await once(child, 'exit');
}
