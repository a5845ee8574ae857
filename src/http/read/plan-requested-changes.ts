// What a $deltatoken asks for: what changed in a collection since a client read it.
import type { DateKey } from '../../base/date-key.ts';
import type { Engine } from '../../engines/engine.ts';
import { decodeDeltaToken, LATEST_DELTA_TOKEN } from '../../odata/cursor/delta-token.ts';
import { planChanges } from '../../plan/plan-changes.ts';
import type { PlanContext } from '../../plan/plan-context.ts';
import { findGeneration, type FoundGeneration, requireGeneration } from './find-generation.ts';
import type { ParsedRead } from './parsed-read.ts';
import type { RequestedChanges } from './planned-read.ts';

interface ChangesSource {
  readonly engine: Engine;
  /** The generation that is read now. */
  readonly found: FoundGeneration;
  /** What the token must have been issued for. */
  readonly deltaScope: string;
}

/**
 * Throws as planChanges does, `request.bad-deltatoken`, and `request.generation-gone` where the generation that the client
 * has read is no longer there to compare with.
 */
export function planRequestedChanges(
  parsed: ParsedRead,
  deltatoken: string,
  { engine, found, deltaScope }: ChangesSource,
  context: PlanContext,
): RequestedChanges {
  const generation = requireGeneration(found);
  const isLatest = deltatoken.toLowerCase() === LATEST_DELTA_TOKEN;
  const token = isLatest ? null : decodeDeltaToken(deltatoken, deltaScope);
  const since = token ? requireGeneration(findGeneration(engine, token.generation)) : generation;
  const startedAt = token ? new Date(token.startedAt) : context.now;
  const firstDay = firstDayOf(engine, since.id, generation.id);
  const plan = planChanges(parsed, { firstDay, startedAt }, context);
  // A client that does not ask for 4.0 gets the newer form, as the standard requires.
  return { plan, since, protocolVersion: /^\s*4\.0\b/.test(parsed.maxVersion ?? '') ? '4.0' : '4.01' };
}

/** The first day published by any generation in the range: a rollback may lie within, and days published anew. */
function firstDayOf(engine: Engine, from: number, to: number): DateKey {
  const ids = Array.from({ length: Math.max(to - from, 0) + 1 }, (_, index) => from + index);
  // The day of a generation that is gone is unknown.
  return Math.min(...ids.map((id) => engine.generation(id)?.dateKey ?? 0));
}
