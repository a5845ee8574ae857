// A thread that reads: runs one statement after another and hands over the row of each. It keeps nothing between two tasks.
import { parentPort, workerData } from 'node:worker_threads';
import { giveWay } from './give-way.ts';
import { openGenerations } from './open-generations.ts';
import {
  failureOf,
  type Cells,
  type Outcome,
  type Reply,
  type Task,
  type ThreadData,
} from './thread-messages.ts';

const { stop, givesWay } = workerData as ThreadData;
if (givesWay) giveWay();
const toStop = new Int32Array(stop);
let running = 0;
const generations = openGenerations(() => Atomics.load(toStop, 0) === running);

parentPort?.on('message', (task: Task | null) => {
  // Null is the end of work.
  if (!task) return parentPort?.close();
  running = task.number;
  const began = performance.now();
  const outcome = run(task);
  const reply = { outcome, milliseconds: performance.now() - began } satisfies Reply;
  const cells = outcome.kind === 'row' ? outcome.cells : null;
  parentPort?.postMessage(reply, cells ? transferable(cells) : []);
});

function run({ files, statement }: Task): Outcome {
  try {
    return { kind: 'row', cells: generations.first(files, statement) };
  } catch (error) {
    return { kind: 'failed', why: failureOf(error) };
  }
}

// Bytes change hands without a copy, unless they lie in a buffer that others share.
function transferable(cells: Cells): ArrayBuffer[] {
  return cells
    .filter((cell) => cell instanceof Uint8Array)
    .filter(({ buffer, byteLength }) => buffer instanceof ArrayBuffer && buffer.byteLength === byteLength)
    .map(({ buffer }) => buffer as ArrayBuffer);
}
