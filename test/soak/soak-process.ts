// Some clients of a soak in a process of their own: what they feel is not how busy the others' process is.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { loopLag, type LoopLag } from '../bench/loop-lag.ts';
import { soak, type SoakReport, type SoakWords } from './soak.ts';

export interface ApartReport extends SoakReport {
  /** Of the clients' event loop, and so part of their times. */
  readonly lag: LoopLag;
}

/** `niceness` is as the system has it, 0 to 19: what gives way to the others. */
export async function soakApart(words: SoakWords, niceness: number): Promise<ApartReport> {
  const child = fork(fileURLToPath(import.meta.url));
  if (child.pid !== undefined) setPriority(child.pid, niceness);
  child.send(words);
  const [report] = (await once(child, 'message')) as [ApartReport];
  child.disconnect();
  return report;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.once('message', (words: SoakWords) => {
    void soak(words).then((report) => process.send?.({ ...report, lag: loopLag() } satisfies ApartReport));
  });
}
