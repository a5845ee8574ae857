// A run in a separate process, which is killed soon after the end of one of its phases.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { RunPhase } from '../../src/base/observation.ts';
import type { EtlProcessInput, EtlProcessMessage } from '../../src/cli/process/run-etl-in-process.ts';

export interface KillPoint {
  readonly after: RunPhase;
  readonly delayMs: number;
}

/** Resolves when the process has ended: by the kill, or by itself where it was faster. */
export async function killRun(
  input: EtlProcessInput,
  { after, delayMs: lingerMs }: KillPoint,
): Promise<void> {
  const child = fork(new URL('../../src/cli/process/etl-process.ts', import.meta.url), {
    serialization: 'advanced',
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  child.on('message', (message: EtlProcessMessage) => {
    if (message.kind !== 'observed' || message.observation.kind !== 'run.phase') return;
    if (message.observation.phase === after) setTimeout(() => child.kill('SIGKILL'), lingerMs);
  });
  // A message to a process that was killed fails.
  child.on('error', () => undefined);
  child.send(input, () => undefined);
  await once(child, 'exit');
}
