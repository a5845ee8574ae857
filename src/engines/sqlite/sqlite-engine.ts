// The SQLite engine: generations are files, and worker threads read them.
import { generationGone } from '../../base/generation-gone.ts';
import type { Limits } from '../../base/limits.ts';
import type { Observer } from '../../base/observation.ts';
import type { Engine, Reader } from '../engine.ts';
import { GenerationWatch } from './generations/generation-watch.ts';
import { ReadWorkerPool } from './read/read-worker-pool.ts';
import { retrySmaller } from './read/retry-smaller.ts';
import { readPageInChunks, type ReadRow } from './read/read-page-in-chunks.ts';

export interface SqliteEngineOptions {
  /** The folder of the generations; it may be empty or not exist yet. */
  readonly dataDir: string;
  /** Number of read threads. */
  readonly workers: number;
  readonly observe: Observer;
  readonly limits: Pick<Limits, 'statementMs' | 'waitMs' | 'expandedInAll'>;
}

export function openSqliteEngine({ dataDir, workers, observe, limits }: SqliteEngineOptions): Engine {
  const watch = new GenerationWatch(dataDir, observe);
  const workerPool = new ReadWorkerPool({ size: workers, limits, observe });
  const pathOf = (id: number): string => {
    const found = watch.find(id);
    if (found) return found.path;
    throw generationGone(id);
  };
  const engineFor = (reader: Reader): Engine => ({
    current: () => watch.newest(),
    generation: (id) => watch.find(id),
    async *readPage(request, signal) {
      const { generation, sinceGeneration: since } = request;
      const files = { path: pathOf(generation), earlier: since === undefined ? null : pathOf(since) };
      const readRow: ReadRow = (statement, rows, combinedSignal) =>
        workerPool.read({ files, statement, rows }, combinedSignal, reader);
      yield* readPageInChunks(request, readRow, signal);
    },
    async readValue(generation, statement, signal) {
      const files = { path: pathOf(generation), earlier: null };
      const cells = await retrySmaller(
        statement,
        ({ text, values }) =>
          workerPool.read({ files, statement: { text, values }, rows: 1 }, signal, reader),
        ({ smaller }) => smaller?.() ?? null,
      );
      return cells?.[0] ?? null;
    },
    forReader: engineFor,
    async close() {
      watch.close();
      await workerPool.close();
    },
  });
  return engineFor({ id: '', chargeThreadTime: () => undefined });
}
