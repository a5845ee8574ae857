// A thread that reads: runs one statement after another and hands over the row of each. It keeps nothing between two tasks.
import { parentPort, workerData } from 'node:worker_threads';
import { lowerThreadPriority } from '../give-way.ts';
import { createConnectionCache } from './connection-cache.ts';
import {
  serializeError,
  type SqliteRow,
  type ReadOutcome,
  type ReadReply,
  type ReadTask,
  type ReadWorkerData,
} from './worker-messages.ts';

const { stop, lowersPriority } = workerData as ReadWorkerData;
if (lowersPriority) lowerThreadPriority();
const stopFlag = new Int32Array(stop);
let currentTaskNumber = 0;
const connections = createConnectionCache(() => Atomics.load(stopFlag, 0) === currentTaskNumber);

parentPort?.on('message', (task: ReadTask | null) => {
  // Null is the end of work.
  if (!task) return parentPort?.close();
  currentTaskNumber = task.number;
  const began = performance.now();
  const outcome = runTask(task);
  const reply = { outcome, milliseconds: performance.now() - began } satisfies ReadReply;
  const cells = outcome.kind === 'row' ? outcome.cells : null;
  parentPort?.postMessage(reply, cells ? transferable(cells) : []);
});

function runTask({ files, statement }: ReadTask): ReadOutcome {
  try {
    return { kind: 'row', cells: connections.readFirstRow(files, statement) };
  } catch (error) {
    return { kind: 'failed', why: serializeError(error) };
  }
}

// Bytes change hands without a copy, unless they lie in a buffer that others share.
function transferable(cells: SqliteRow): ArrayBuffer[] {
  return cells
    .filter((cell) => cell instanceof Uint8Array)
    .filter(({ buffer, byteLength }) => buffer instanceof ArrayBuffer && buffer.byteLength === byteLength)
    .map(({ buffer }) => buffer as ArrayBuffer);
}
