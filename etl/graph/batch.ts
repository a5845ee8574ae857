// Many small GETs in few requests: Graph's $batch, whose parts fail, wait and come back each on its own.
import { setTimeout as wait } from 'node:timers/promises';
import type { Graph } from './client.ts';
import { PACE } from './retry.ts';

/** As many parts as Graph takes. */
const PARTS = 20;

/** Times that a part is asked for before it is left. */
const ROUNDS = 4;

export type PartAnswer =
  | { readonly kind: 'value'; readonly value: object }
  /** There is no such thing (any more). */
  | { readonly kind: 'gone' }
  /** Asking again is of no use, or was of none. */
  | { readonly kind: 'unanswered' };

interface Part {
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
export async function* batched(
  graph: Graph,
  version: 'v1.0' | 'beta',
  addresses: readonly string[],
): AsyncGenerator<readonly PartAnswer[], void, undefined> {
  for (let at = 0; at < addresses.length; at += PARTS) {
    yield await answersTo(graph, version, addresses.slice(at, at + PARTS));
  }
}

async function answersTo(
  graph: Graph,
  version: string,
  addresses: readonly string[],
): Promise<readonly PartAnswer[]> {
  const answers = addresses.map((): PartAnswer => ({ kind: 'unanswered' }));
  const open = new Set(addresses.keys());
  for (let round = 0; round < ROUNDS; round += 1) {
    const requests = [...open].map((index) => ({ id: String(index), method: 'GET', url: addresses[index] }));
    const answer = await graph.post(`/${version}/$batch`, { requests }, parseParts);
    const parts = answer.kind === 'value' ? answer.value : [];
    // In any order: only the id says what was asked.
    for (const { id, status, body } of parts) {
      if (mayPass(status)) continue;
      open.delete(Number(id));
      if (status === 404) answers[Number(id)] = { kind: 'gone' };
      if (status === 200 && typeof body === 'object' && body !== null) {
        answers[Number(id)] = { kind: 'value', value: body };
      }
    }
    if (open.size === 0 || round === ROUNDS - 1) break;
    const named = Math.max(0, ...parts.map(({ retryAfterMs }) => retryAfterMs));
    const delayMs = named > 0 ? named : PACE.firstDelayMs * 2 ** round;
    // Whoever called the night off said why; the timer does not.
    await wait(delayMs, undefined, { signal: graph.signal }).catch(() => graph.signal.throwIfAborted());
  }
  return answers;
}

function mayPass(status: number): boolean {
  return status === 408 || status === 424 || status === 429 || status >= 500;
}

function parseParts(json: unknown): readonly Part[] | null {
  if (typeof json !== 'object' || json === null || !('responses' in json)) return null;
  return Array.isArray(json.responses) ? json.responses.flatMap(partOf) : null;
}

function partOf(json: unknown): readonly Part[] {
  if (typeof json !== 'object' || json === null) return [];
  const { id, status, body, headers } = json as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string' || typeof status !== 'number') return [];
  const retryAfter = Number((headers as Readonly<Record<string, unknown>> | undefined)?.['Retry-After']);
  const retryAfterMs = Number.isFinite(retryAfter) ? Math.min(retryAfter * 1000, PACE.longestDelayMs) : 0;
  return [{ id, status, body, retryAfterMs }];
}
