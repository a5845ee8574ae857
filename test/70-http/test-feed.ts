// A real server on a free port over a real warehouse, and a small client for tests.
import { mkdtempSync, rmSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { restrictModel } from '../../schema/derive/restrict-model.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { BUILT_IN_ROLES } from '../../src/auth/roles.ts';
import { fixedClock, type Clock } from '../../src/base/clock.ts';
import { midnightOf } from '../../src/base/date-key.ts';
import type { Observation } from '../../src/base/observation.ts';
import { startFeed } from '../../src/cli/wiring/start-feed.ts';
import { listGenerations } from '../../src/engines/sqlite/generations/generation-files.ts';
import { FEED_ROOT } from '../../src/http/request/service-roots.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../src/settings/settings.ts';
import { growWarehouse } from './grow-warehouse.ts';

/** What the feed shows to an anonymous caller. */
export const VISIBLE_MODEL = restrictModel(MODEL, BUILT_IN_ROLES.analyst);

/** The last day of the warehouse, which is also the date of its clock. */
export const TODAY = 20261120;

interface RawResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface TestResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body where it is JSON, else undefined. */
  readonly json: ReturnType<typeof JSON.parse>;
}

export interface TestFeed {
  /** `http://127.0.0.1:49152` */
  readonly base: string;
  readonly observations: readonly Observation[];
  get(path: string, headers?: Readonly<Record<string, string>>, method?: string): Promise<TestResponse>;
  /** As it came over the wire: not decompressed. */
  raw(path: string, headers?: Readonly<Record<string, string>>, method?: string): Promise<RawResponse>;
  /** Rows of a collection, counted beside the server. */
  count(collection: string): number;
  keyOf(collection: string, row: Readonly<Record<string, unknown>>): readonly unknown[];
  stop(): Promise<void>;
}

/** With 45 devices and four days. Made once for a test file. */
export async function makeTestWarehouse(): Promise<{ readonly data: string; readonly remove: () => void }> {
  const data = mkdtempSync(join(tmpdir(), 'fleetfeed-http-'));
  await growWarehouse(data, { devices: 45, dayCount: 4, today: TODAY });
  return { data, remove: () => rmSync(data, { recursive: true }) };
}

export async function startTestFeed(
  overrides: Partial<Settings> & Pick<Settings, 'data'>,
  clock: Clock = fixedClock(midnightOf(TODAY)),
): Promise<TestFeed> {
  const observations: Observation[] = [];
  const settings = { ...DEFAULT_SETTINGS, port: 0, ...overrides };
  const feed = await startFeed(settings, clock, (observation) => observations.push(observation));
  const listening = observations.find(({ kind }) => kind === 'server.listening');
  const base = listening?.kind === 'server.listening' ? listening.url : feed.url.replace(FEED_ROOT, '');
  const raw: TestFeed['raw'] = (path, headers = {}, method = 'GET') =>
    sendRequest(base + path, headers, method);
  return {
    base,
    observations,
    raw,
    async get(path, headers, method) {
      const { status, headers: answered, body } = await raw(path, headers, method);
      const text = body.toString();
      const flat = Object.entries(answered).map(([name, value]): [string, string] => [name, String(value)]);
      return {
        status,
        headers: new Headers(flat),
        text,
        json: text.startsWith('{') ? JSON.parse(text) : undefined,
      };
    },
    count: (collection) => countRows(settings.data, collection),
    keyOf: (collection, row) => (MODEL.entities.get(collection)?.key ?? []).map((name) => row[name]),
    stop: () => feed.stop(),
  };
}

function sendRequest(
  url: string,
  headers: Readonly<Record<string, string>>,
  method: string,
): Promise<RawResponse> {
  // As curl does, except for blanks: the path is sent as it is typed.
  const target = url.replaceAll(' ', '%20');
  return new Promise((resolve, reject) => {
    const outgoing = request(target, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

function countRows(data: string, collection: string): number {
  const path = listGenerations(data)[0]?.path ?? '';
  const database = new Database(path, { readonly: true });
  try {
    return database.prepare<[], number>(`SELECT count(*) FROM "${collection}"`).pluck().get() ?? 0;
  } finally {
    database.close();
  }
}
