// The program as a user runs it: a process with two outputs and an exit code.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** What `faketime` and the time zone need, so that the program goes by the same clock as its test. */
export const CLOCK_ENVIRONMENT: Readonly<NodeJS.ProcessEnv> = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => /^(?:TZ|LD_PRELOAD|FAKETIME\w*)$/.test(name)),
);

export interface ProgramExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly milliseconds: number;
}

export interface RunningProgram {
  /** Resolves with the first line of standard output that matches; rejects when the program ends before. */
  line(pattern: RegExp): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<ProgramExit>;
  stdout(): string;
  stderr(): string;
}

/** Its day is 2026-11-20, unless the environment names another, for commands with `--today`. */
export function runProgram(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): RunningProgram {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...CLOCK_ENVIRONMENT, PATH: '', FLEETFEED_TODAY: '2026-11-20', ...environment },
  });
  let [out, err] = ['', ''];
  const ended = new Promise<ProgramExit>((resolve) => {
    child.on('close', (code, signal) =>
      resolve({ code, signal, milliseconds: performance.now() - startedAt }),
    );
  });
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  return {
    ended,
    stdout: () => out,
    stderr: () => err,
    kill: (signal) => child.kill(signal),
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = out.split('\n').find((line) => pattern.test(line));
          if (found !== undefined) resolve(found);
        };
        child.stdout.on('data', look);
        void ended.then(() => reject(new Error(`It ended before it said ${String(pattern)}: ${err}`)));
        look();
      }),
  };
}
