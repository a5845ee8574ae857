// A read thread: runs one statement after another and returns the row of each. Between tasks only caches remain.
import { readlinkSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { createConnectionCache } from './connection-cache.ts';
import {
  serializeError,
  type SqliteRow,
  type ReadOutcome,
  type ReadReply,
  type ReadTask,
  type ReadWorkerData,
} from './worker-messages.ts';

// Added to the niceness of the process: the thread gets a third of what others get, where all want to compute.
const NICENESS = 5;

const { stop, lowersPriority, limits } = workerData as ReadWorkerData;
if (lowersPriority) lowerThreadPriority();
const stopFlag = new Int32Array(stop);
let currentTaskNumber = 0;
const connections = createConnectionCache({
  isStopped: () => Atomics.load(stopFlag, 0) === currentTaskNumber,
  limits,
});

parentPort?.on('message', (task: ReadTask | null) => {
  // Null ends the thread.
  if (!task) return parentPort?.close();
  currentTaskNumber = task.number;
  const startedAt = performance.now();
  const outcome = runTask(task);
  const reply = { outcome, milliseconds: performance.now() - startedAt } satisfies ReadReply;
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

// Bytes are transferred without a copy, unless their buffer is shared.
function transferable(cells: SqliteRow): ArrayBuffer[] {
  return cells
    .filter((cell) => cell instanceof Uint8Array)
    .filter(({ buffer, byteLength }) => buffer instanceof ArrayBuffer && buffer.byteLength === byteLength)
    .map(({ buffer }) => buffer as ArrayBuffer);
}

/**
 * Of this thread, for good. On Linux each thread has its own niceness. Elsewhere, and where the system does not say which
 * thread this is, nothing happens.
 */
function lowerThreadPriority(): void {
  if (process.platform !== 'linux') return;
  try {
    const niceness = Math.min(getPriority() + NICENESS, constants.priority.PRIORITY_LOW);
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), niceness);
  } catch {
    // Then other threads are slower while processors are busy, and nothing worse.
  }
}
