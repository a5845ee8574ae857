// Some clients of a soak in a process of their own: what they feel is not how busy the others' process is.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { loopLag, type LoopLag } from '../bench/loop-lag.ts';
import { soak, type SoakReport, type SoakOptions } from './soak.ts';

export interface ProcessSoakReport extends SoakReport {
  /** Of the clients' event loop, and so part of their times. */
  readonly lag: LoopLag;
}

/** `niceness` is as the system has it, 0 to 19: what gives way to the others. */
export async function soakInProcess(options: SoakOptions, niceness: number): Promise<ProcessSoakReport> {
  const child = fork(fileURLToPath(import.meta.url));
  if (child.pid !== undefined) setPriority(child.pid, niceness);
  child.send(options);
  const [report] = (await once(child, 'message')) as [ProcessSoakReport];
  child.disconnect();
  return report;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.once('message', (words: SoakOptions) => {
    void soak(words).then((report) =>
      process.send?.({ ...report, lag: loopLag() } satisfies ProcessSoakReport),
    );
  });
}
