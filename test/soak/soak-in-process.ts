// Some clients of a soak in a separate process, so that their latency does not depend on how busy the others' process is.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { loopLag, type LoopLag } from '../bench/loop-lag.ts';
import { soak, type SoakReport, type SoakOptions } from './soak.ts';

export interface ProcessSoakReport extends SoakReport {
  /** The lag of the clients' event loop, which is part of their times. */
  readonly lag: LoopLag;
}

/** `niceness` is that of the system, 0 to 19; a higher one has a lower priority. */
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
