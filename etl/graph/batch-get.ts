// Many small GETs in few requests: Graph's $batch, whose parts fail, wait and come back each on its own.
import type { GraphAccess } from './graph-client.ts';
import { pause } from './pause.ts';
import { DEFAULT_RETRY_POLICY } from './retry-decision.ts';

/** As many parts as Graph takes. */
const MAX_BATCH_PARTS = 20;

/** Times that a part is asked for before it is left. */
const MAX_ROUNDS = 4;

export type BatchResult =
  | { readonly kind: 'value'; readonly value: object }
  /** There is no such thing (any more). */
  | { readonly kind: 'gone' }
  /** Asking again is of no use, or was of none. */
  | { readonly kind: 'unanswered' };

interface BatchResponse {
  readonly id: string;
  readonly status: number;
  readonly body: unknown;
  readonly retryAfterMs: number;
}

/**
 * Asks for addresses below the version, such as `/users/1`, up to twenty at a time, and yields the answers in their order.
 * Parts that were throttled or failed in passing are asked for again, after the longest wait that any of them names.
 * Throws as `Graph.post` does.
 */
export async function* batchGet(
  access: GraphAccess,
  version: 'v1.0' | 'beta',
  addresses: readonly string[],
): AsyncGenerator<readonly BatchResult[], void, undefined> {
  for (let at = 0; at < addresses.length; at += MAX_BATCH_PARTS) {
    yield await resultsOf(access, version, addresses.slice(at, at + MAX_BATCH_PARTS));
  }
}

async function resultsOf(
  { graph, run }: GraphAccess,
  version: string,
  addresses: readonly string[],
): Promise<readonly BatchResult[]> {
  const results = addresses.map((): BatchResult => ({ kind: 'unanswered' }));
  const pending = new Set(addresses.keys());
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const requests = [...pending].map((index) => ({
      id: String(index),
      method: 'GET',
      url: addresses[index],
    }));
    const result = await graph.post(`/${version}/$batch`, { requests }, parseBatchResponses);
    const responses = result.kind === 'value' ? result.value : [];
    // In any order: only the id says what was asked.
    for (const { id, status, body } of responses) {
      if (isTransient(status)) continue;
      pending.delete(Number(id));
      if (status === 404) results[Number(id)] = { kind: 'gone' };
      if (status === 200 && typeof body === 'object' && body !== null) {
        results[Number(id)] = { kind: 'value', value: body };
      }
    }
    if (pending.size === 0 || round === MAX_ROUNDS - 1) break;
    const requestedDelayMs = Math.max(0, ...responses.map(({ retryAfterMs }) => retryAfterMs));
    const delayMs =
      requestedDelayMs > 0 ? requestedDelayMs : DEFAULT_RETRY_POLICY.initialDelayMs * 2 ** round;
    await pause(delayMs, run.signal);
  }
  return results;
}

function isTransient(status: number): boolean {
  return status === 408 || status === 424 || status === 429 || status >= 500;
}

function parseBatchResponses(json: unknown): readonly BatchResponse[] | null {
  if (typeof json !== 'object' || json === null || !('responses' in json)) return null;
  return Array.isArray(json.responses) ? json.responses.flatMap(parseBatchResponse) : null;
}

function parseBatchResponse(json: unknown): readonly BatchResponse[] {
  if (typeof json !== 'object' || json === null) return [];
  const { id, status, body, headers } = json as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string' || typeof status !== 'number') return [];
  const retryAfter = Number((headers as Readonly<Record<string, unknown>> | undefined)?.['Retry-After']);
  const retryAfterMs = Number.isFinite(retryAfter)
    ? Math.min(retryAfter * 1000, DEFAULT_RETRY_POLICY.maxDelayMs)
    : 0;
  return [{ id, status, body, retryAfterMs }];
}
