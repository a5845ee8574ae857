// The feed in a separate process, as its users run it.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { LoopLag } from './loop-lag.ts';

export interface ServedFeed {
  readonly url: string;
  /** Current and peak memory in MB; null where the system does not report it. */
  memory(): { readonly now: number; readonly peak: number } | null;
  /** Since the last call; only where `lag` is set. */
  lag(): Promise<LoopLag>;
  isAlive(): boolean;
  stop(): Promise<void>;
}

export interface ServeOptions {
  /** Called with each line of the log; without it nothing is logged anywhere. */
  readonly onLog?: (line: string) => void;
  /** Whether the process measures how late its event loop is. */
  readonly lag?: boolean;
}

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const PROBE = ['--import', new URL('lag-probe.ts', import.meta.url).href];

export async function serveFeed(
  dataDir: string,
  today: string,
  more: readonly string[] = [],
  { onLog, lag = false }: ServeOptions = {},
): Promise<ServedFeed> {
  const flags = ['--data', dataDir, '--port', '0', '--schedule', 'off', '--today', today, ...more];
  const server = fork(MAIN, ['serve', ...flags], { execArgv: lag ? PROBE : [], silent: true });
  const { stdout, stderr } = server;
  if (!stdout || !stderr) throw new Error('The feed has no output to be read.');
  const ended = once(server, 'close');
  if (onLog) createInterface(stderr).on('line', onLog);
  else stderr.resume();
  for await (const line of createInterface(stdout)) {
    const url = /^Feed: (\S+)$/.exec(line)?.[1];
    if (url === undefined) continue;
    return {
      url,
      memory: () => memoryOf(server.pid),
      lag: async () => {
        server.send('lag');
        const [report] = (await once(server, 'message')) as [LoopLag];
        return report;
      },
      isAlive: () => server.exitCode === null && server.signalCode === null,
      stop: async () => {
        server.kill('SIGTERM');
        await ended;
      },
    };
  }
  throw new Error('The feed ended before it printed its address.');
}

/** The memory of a process in MB; null where the system does not report it. */
export function memoryOf(pid: number | undefined) {
  if (process.platform !== 'linux' || pid === undefined) return null;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string): number =>
    Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') };
}
