// Many random requests of several callers, and what has to hold for every answer.
import { sendRawRequest, type RawRequest, type RawReply } from '../70-http/send-raw-request.ts';
import { makeDice } from './dice.ts';
import { randomRequest } from './random-request.ts';

export interface FuzzTarget {
  readonly base: string;
  /** Keys of callers who may see nothing personal. */
  readonly keys: readonly [string, ...string[]];
  /** Values of personal columns: planted, in the sense that no request holds one. */
  readonly personal: readonly string[];
}

export interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
  readonly atOnce: number;
  /** Called after each hundred. */
  readonly onProgress?: (done: number) => void;
}

export interface FuzzFault {
  /** Reproduces the request. */
  readonly seed: number;
  readonly request: RawRequest;
  readonly why: string;
}

export interface FuzzReport {
  readonly faults: readonly FuzzFault[];
  /** Status → how often. */
  readonly statuses: ReadonlyMap<number, number>;
  readonly slowest: { readonly milliseconds: number; readonly seed: number };
}

const MAX_MS = 10_000;

export async function fuzz(
  target: FuzzTarget,
  { requests, seed, atOnce, onProgress }: FuzzOptions,
): Promise<FuzzReport> {
  const known = {
    secrets: [...target.personal.map((value) => Buffer.from(value).toString('latin1')), ...target.keys],
    credentials: target.keys.flatMap((key) => [key, Buffer.from(`x:${key}`).toString('base64')]),
  };
  const callers: readonly [string, ...string[]] = [
    ...target.keys,
    ...target.keys,
    ...target.keys,
    'ff_wrong',
  ];
  const faults: FuzzFault[] = [];
  const statuses = new Map<number, number>();
  let slowest = { milliseconds: 0, seed: 0 };
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < requests) {
      const mine = seed * 1_000_003 + next;
      next += 1;
      if (next % 100 === 0) onProgress?.(next);
      const blow = randomRequest(makeDice(mine), callers);
      const startedAt = performance.now();
      const reply = await sendRawRequest(target.base, blow).catch((error: unknown) => String(error));
      const tookMs = performance.now() - startedAt;
      if (tookMs > slowest.milliseconds) slowest = { milliseconds: tookMs, seed: mine };
      const why = typeof reply === 'string' ? reply : faultOf(reply, blow, known, tookMs);
      if (why !== null) faults.push({ seed: mine, request: blow, why });
      if (typeof reply !== 'string') statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { faults, statuses, slowest };
}

interface Known {
  /** What no answer may contain, unless the request contained it. */
  readonly secrets: readonly string[];
  /** Credentials. */
  readonly credentials: readonly string[];
}

/** Why an answer is wrong whatever the request was; null where it is not. */
function faultOf(
  { status, head, body, answers }: RawReply,
  { line, headers = [], body: sent = '' }: RawRequest,
  { secrets, credentials }: Known,
  tookMs: number,
): string | null {
  if (status >= 500 && status !== 501) return `status ${status}: ${body.slice(0, 200)}`;
  if (status === 0) return 'the connection ended without an answer';
  // The answers of a batch are one body.
  if (answers > 1 && !line.includes('$batch')) return `${answers} answers to one request`;
  if (tookMs > MAX_MS) return `took ${tookMs.toFixed(0)} ms`;
  if (/^(?:Injected|Set-Cookie|X-Powered-By|Access-Control-Allow-Origin):/im.test(head))
    return `header: ${head}`;
  if (/node_modules|\n {4}at |SQLITE_|no such (?:table|column)/.test(body))
    return `insides: ${body.slice(0, 200)}`;
  const requestText = line + headers.join('\n') + sent;
  const mayEnter = credentials.some((each) => requestText.includes(each)) || line.includes('/-/');
  if (status < 400 && !mayEnter) return `lets in who has no credentials: ${status}`;
  const replyText = head + body;
  const leaked = secrets.find((secret) => replyText.includes(secret) && !requestText.includes(secret));
  return leaked === undefined ? null : `tells '${leaked}'`;
}
