// What a $deltatoken asks for: what changed in a collection since a client read it.
import type { DateKey } from '../../base/date-key.ts';
import type { Engine, Generation } from '../../engines/engine.ts';
import { decodeDeltaToken, LATEST_DELTA_TOKEN } from '../../odata/cursor/delta-token.ts';
import type { ParsedRequest } from '../../odata/syntax/parsed-request.ts';
import { planChanges } from '../../plan/plan-changes.ts';
import type { PlanContext } from '../../plan/plan-context.ts';
import { requireGeneration } from './require-generation.ts';
import type { RequestedChanges } from './planned-read.ts';

export interface ChangesRequest {
  readonly parsed: ParsedRequest;
  /** The generation that is read now. */
  readonly generation: Generation;
  /** What the changes are of. */
  readonly deltaScope: string;
  /** As the client said it, if it did. */
  readonly maxVersion: string | undefined;
}

/**
 * Throws as planChanges does, `request.bad-deltatoken`, and `request.generation-gone` where nobody knows any more what the
 * client has read.
 */
export function planRequestedChanges(
  engine: Engine,
  deltatoken: string,
  { parsed, generation, deltaScope, maxVersion }: ChangesRequest,
  context: PlanContext,
): RequestedChanges {
  const isLatest = deltatoken.toLowerCase() === LATEST_DELTA_TOKEN;
  const token = isLatest ? null : decodeDeltaToken(deltatoken, deltaScope);
  const since = token ? requireGeneration(engine.generation(token.generation), token.generation) : generation;
  const startedAt = token ? new Date(token.startedAt) : context.now;
  const firstDay = firstDayOf(engine, since.id, generation.id);
  const plan = planChanges(parsed, { firstDay, startedAt }, context);
  // Whoever does not ask for 4.0 gets the newer form, as the standard wants it.
  return { plan, since, protocolVersion: /^\s*4\.0\b/.test(maxVersion ?? '') ? '4.0' : '4.01' };
}

/** The first night that was published from one generation to another: a rollback may lie between, and nights made anew. */
function firstDayOf(engine: Engine, from: number, to: number): DateKey {
  const ids = Array.from({ length: Math.max(to - from, 0) + 1 }, (_, index) => from + index);
  // Of a generation that cannot be read nobody knows.
  return Math.min(...ids.map((id) => engine.generation(id)?.dateKey ?? 0));
}
