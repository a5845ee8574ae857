// Sends many small GETs in few requests with Graph's $batch. Each part can fail and is repeated separately.
import type { GraphAccess } from './graph-client.ts';
import { pause } from './pause.ts';
import { DEFAULT_RETRY_POLICY } from './retry-decision.ts';
import { isTransientOrServerError } from './transient-status.ts';

/** Graph's limit. */
const MAX_BATCH_PARTS = 20;

/** How often a part is requested before it is given up. */
const MAX_ROUNDS = 4;

/** The status of a part that failed because another part of the batch did. */
const FAILED_DEPENDENCY = 424;

export type BatchResult =
  | { readonly kind: 'value'; readonly value: object }
  /** It does not exist, or no longer. */
  | { readonly kind: 'gone' }
  /** Repeating the request would not help, or did not. */
  | { readonly kind: 'unanswered' };

interface BatchResponse {
  readonly id: string;
  readonly status: number;
  readonly body: unknown;
  readonly retryAfterMs: number;
}

/**
 * GETs addresses below the version, such as `/users/1`, up to twenty in a request, and yields the results in their order.
 * Parts with a transient failure are requested again, after the longest wait that any of them asks for.
 * Throws as `GraphClient.post` does.
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
    // Graph answers in any order; the id says which part it is.
    for (const { id, status, body } of responses) {
      if (status === FAILED_DEPENDENCY || isTransientOrServerError(status)) continue;
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
