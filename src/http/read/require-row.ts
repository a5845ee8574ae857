// An address that names a row which does not exist is answered with 404, and not with an empty answer.
import { FeedError } from '../../base/feed-error.ts';
import type { Engine } from '../../engines/engine.ts';
import type { ExistenceCheck } from './rendered-read.ts';

/** Throws `request.no-such-entity`. */
export async function requireRow(
  { statement, entity }: ExistenceCheck,
  engine: Engine,
  generation: number,
  signal: AbortSignal,
): Promise<void> {
  const found = await engine.readValue(generation, statement, signal);
  if (found !== null) return;
  throw new FeedError('request.no-such-entity', `No ${entity.singular} has this key.`, {
    target: entity.name,
  });
}
