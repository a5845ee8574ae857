// The generation that a read is of: the one its cursor names, else the newest. Either may be missing.
import { generationGone } from '../../base/generation-gone.ts';
import { feedEmpty } from '../../base/feed-empty.ts';
import type { Engine, Generation } from '../../engines/engine.ts';

export interface FoundGeneration {
  /** The requested id; null for the newest. */
  readonly id: number | null;
  /** Null where it is gone, or nothing has been published yet. */
  readonly generation: Generation | null;
}

export function findGeneration(
  engine: Pick<Engine, 'current' | 'generation'>,
  id: number | null,
): FoundGeneration {
  return { id, generation: id === null ? engine.current() : engine.generation(id) };
}

/** Throws `request.generation-gone`, or `feed.empty` before the first run. */
export function requireGeneration({ id, generation }: FoundGeneration): Generation {
  if (generation) return generation;
  throw id === null ? feedEmpty() : generationGone(id);
}
