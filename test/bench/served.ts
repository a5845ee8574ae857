// The feed as a process of its own, as its users run it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ServedFeed {
  readonly url: string;
  /** Now and at most so far, in MB; null where the system does not tell. */
  memory(): { readonly now: number; readonly peak: number } | null;
  isAlive(): boolean;
  stop(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** `onLog` is told each line of the log; without it nothing is logged anywhere. */
export async function serveFeed(
  dataDir: string,
  today: string,
  more: readonly string[] = [],
  onLog?: (line: string) => void,
): Promise<ServedFeed> {
  const flags = ['--data', dataDir, '--port', '0', '--schedule', 'off', '--today', today, ...more];
  const server = spawn(process.execPath, [MAIN, 'serve', ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(server, 'close');
  if (onLog) createInterface(server.stderr).on('line', onLog);
  else server.stderr.resume();
  for await (const line of createInterface(server.stdout)) {
    const url = /^Feed: (\S+)$/.exec(line)?.[1];
    if (url === undefined) continue;
    return {
      url,
      memory: () => memoryOf(server.pid),
      isAlive: () => server.exitCode === null && server.signalCode === null,
      stop: async () => {
        server.kill('SIGTERM');
        await ended;
      },
    };
  }
  throw new Error('The feed ended before it told its address.');
}

/** Of a process, in MB; null where the system does not tell. */
export function memoryOf(pid: number | undefined) {
  if (process.platform !== 'linux' || pid === undefined) return null;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string): number =>
    Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') };
}
