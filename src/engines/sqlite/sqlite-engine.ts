// The SQLite engine: generations are files, and threads read them.
import { FeedError } from '../../base/feed-error.ts';
import { LIMITS, type Limits } from '../../base/limits.ts';
import type { Observer } from '../../base/observation.ts';
import type { Engine, Reader } from '../engine.ts';
import { GenerationWatch } from './generation-watch.ts';
import { ReadThreads } from './read-threads.ts';
import { walkPage, type ReadRow } from './walk-page.ts';

export interface SqliteEngineOptions {
  /** Where the generations' files are; it may be empty or not yet there. */
  readonly dataDir: string;
  /** Threads that read. */
  readonly workers: number;
  readonly observe: Observer;
  readonly limits?: Pick<Limits, 'statementMs' | 'waitMs'>;
}

export function openSqliteEngine({
  dataDir,
  workers,
  observe,
  limits = LIMITS,
}: SqliteEngineOptions): Engine {
  const watch = new GenerationWatch(dataDir, observe);
  const threads = new ReadThreads({ size: workers, limits, observe });
  const pathOf = (id: number): string => {
    const kept = watch.find(id);
    if (kept) return kept.path;
    throw new FeedError('request.generation-gone', `Snapshot ${id} is no longer kept.`, {
      hint: 'Start again from the first page.',
    });
  };
  const readBy = (reader: Reader): Engine => ({
    current: () => watch.newest(),
    generation: (id) => watch.find(id),
    async *readPage(request, signal) {
      const { generation, since } = request;
      const files = { path: pathOf(generation), earlier: since === undefined ? null : pathOf(since) };
      const readRow: ReadRow = (statement, rows, either) =>
        threads.read({ files, statement, rows }, either, reader);
      yield* walkPage(request, readRow, signal);
    },
    async readValue(generation, statement, signal) {
      const files = { path: pathOf(generation), earlier: null };
      const cells = await threads.read({ files, statement, rows: 1 }, signal, reader);
      return cells?.[0] ?? null;
    },
    by: readBy,
    async close() {
      watch.close();
      await threads.close();
    },
  });
  return readBy({ id: '', spend: () => undefined });
}
