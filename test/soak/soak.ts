// Polite clients beside slow and greedy ones, and the latency that the polite ones see.
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { setTimeout as passes } from 'node:timers/promises';

export interface SoakOptions {
  readonly base: string;
  /** A client each. */
  readonly keys: {
    readonly polite: readonly string[];
    readonly slow: readonly string[];
    readonly greedy: readonly string[];
  };
  readonly seconds: number;
}

export interface SoakReport {
  /** From the request to the last byte, of polite clients. */
  readonly polite: {
    readonly reads: number;
    readonly p50: number;
    readonly p99: number;
    readonly most: number;
  };
  /** Reads that were not answered with rows. */
  readonly refused: number;
  readonly greedy: { readonly answered: number; readonly refused: number };
  /** Answers that slow clients received, and their bytes. */
  readonly slow: { readonly answers: number; readonly bytes: number };
}

const POLITE = '/beta/devicePropertyHistories?$top=10';
const WHOLE = '/beta/devicePropertyHistories';
// Each scans all rows.
const GREEDY = [
  "/beta/devicePropertyHistories?$filter=contains(concat(deviceName,osVersion),'zzzz')",
  '/beta/devicePropertyHistories?$orderby=osVersion desc,deviceName&$top=5000',
  '/beta/devicePropertyHistories?$apply=groupby((osVersion,dateKey),aggregate($count as rows))',
  '/beta/devicePropertyHistories?$search=zzzz',
  WHOLE,
];
const POLITE_MS = 50;
const SLOW_MS = 250;
// A greedy client may ask again at once; hundreds of requests a second are for the network to limit.
const REFUSED_PAUSE_MS = 100;

export async function soak({ base, keys, seconds }: SoakOptions): Promise<SoakReport> {
  const over = AbortSignal.timeout(seconds * 1000);
  const times: number[] = [];
  const greedy = { answered: 0, refused: 0 };
  const slow = { answers: 0, bytes: 0 };
  let refused = 0;

  const beGreedy = async (key: string, index: number): Promise<void> => {
    const ask = makeClient(base, key, over);
    for (let turn = index; !over.aborted; turn += 1) {
      const response = await ask(GREEDY[turn % GREEDY.length] ?? WHOLE);
      await drain(response);
      if (response.statusCode === 200) greedy.answered += 1;
      else {
        greedy.refused += 1;
        await passes(REFUSED_PAUSE_MS);
      }
    }
  };
  const beSlow = async (key: string): Promise<void> => {
    const ask = makeClient(base, key, over);
    while (!over.aborted) {
      const response = await ask(WHOLE);
      for await (const chunk of response) {
        slow.bytes += (chunk as Buffer).length;
        await passes(SLOW_MS);
      }
      slow.answers += 1;
    }
  };
  const bePolite = async (key: string): Promise<void> => {
    const ask = makeClient(base, key, over);
    while (!over.aborted) {
      const before = performance.now();
      const response = await ask(POLITE);
      await drain(response);
      if (response.statusCode === 200) times.push(performance.now() - before);
      else refused += 1;
      await passes(POLITE_MS);
    }
  };
  const clients = [...keys.greedy.map(beGreedy), ...keys.slow.map(beSlow), ...keys.polite.map(bePolite)];
  await Promise.all(clients.map((client) => client.catch(ignoreAfter(over))));
  return { polite: summary(times), refused, greedy, slow };
}

type Ask = (path: string) => Promise<IncomingMessage>;

/** A client with a separate connection. */
function makeClient(base: string, key: string, signal: AbortSignal): Ask {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  signal.addEventListener('abort', () => agent.destroy(), { once: true });
  return (path) =>
    new Promise((resolve, reject) => {
      const url = base + path.replaceAll(' ', '%20');
      get(url, { agent, signal, headers: { 'x-api-key': key } }, resolve).on('error', reject);
    });
}

async function drain(response: IncomingMessage): Promise<void> {
  response.resume();
  await once(response, 'end');
}

function ignoreAfter(over: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!over.aborted) throw error;
  };
}

function summary(times: readonly number[]): SoakReport['polite'] {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? NaN;
  return { reads: sorted.length, p50: at(0.5), p99: at(0.99), most: at(1) };
}
