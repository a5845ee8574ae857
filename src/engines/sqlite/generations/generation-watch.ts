// Watches the folder for generations that any process publishes, and lists those that can be read.
import type { Observer } from '../../../base/observation.ts';
import { listGenerationFiles, readGeneration, type StoredGeneration } from './generation-files.ts';

// A listing costs some 30 µs; file system events do not arrive from network and container mounts.
const REFRESH_MS = 400;

export class GenerationWatch {
  readonly #dataDir: string;
  readonly #observe: Observer;
  readonly #timer: NodeJS.Timeout;
  /** The newest first. */
  #generations: readonly StoredGeneration[] = [];

  constructor(dataDir: string, observe: Observer) {
    this.#dataDir = dataDir;
    this.#observe = observe;
    this.refresh();
    this.#timer = setInterval(() => this.refresh(), REFRESH_MS).unref();
  }

  newest(): StoredGeneration | null {
    return this.#generations[0] ?? null;
  }

  find(id: number): StoredGeneration | null {
    return this.#generations.find((each) => each.id === id) ?? null;
  }

  /** Compares the list with the folder. Only new files are opened. */
  refresh(): void {
    const before = this.newest();
    const known = new Map(this.#generations.map((each) => [each.path, each]));
    this.#generations = listGenerationFiles(this.#dataDir)
      .map((file) => known.get(file.path) ?? readGeneration(file))
      .filter((generation) => generation !== null);
    const now = this.newest();
    if (now && now.id !== before?.id) {
      this.#observe({ kind: 'engine.generation', generation: now.id, dateKey: now.dateKey });
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
