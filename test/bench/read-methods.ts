// The methods of reading the same days as JSON: ours, and those that it is compared with.
import { spawn, spawnSync } from 'node:child_process';
import { openSync } from 'node:fs';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { devNull } from 'node:os';
import Database from 'better-sqlite3';
import { deriveExposedModel } from '../../schema/derive/exposed-model.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { LIMITS } from '../../src/base/limits.ts';
import { SQLITE_DIALECT } from '../../src/engines/sqlite/sqlite-dialect.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { entityTemplate } from '../../src/format/odata/entity-template.ts';
import { parseRequest } from '../../src/odata/parse/parse-request.ts';
import { planRead } from '../../src/plan/plan-read.ts';
import { renderPage } from '../../src/sql/read/render-page.ts';
import type { PageStatements, SqlValue } from '../../src/sql/statement.ts';

const never = new AbortController().signal;

export interface Pulled {
  readonly rows: number;
  readonly bytes: number;
}

/** A request's statements, made as the server makes them. */
export function statementsFor(collection: string, query: string): PageStatements {
  const exposedModels = {
    'v1.0': deriveExposedModel(MODEL, 'v1.0'),
    beta: deriveExposedModel(MODEL, 'beta'),
  };
  const parsed = parseRequest(`/${collection}`, query, LIMITS);
  const context = {
    version: 'v1.0',
    exposedModels,
    now: new Date('2026-11-20T00:00:00Z'),
    limits: LIMITS,
    continuation: null,
  } as const;
  const plan = planRead(parsed, context);
  const entitySet = exposedModels['v1.0'].entitySets.get(collection);
  if (!entitySet) throw new TypeError(`There is no collection '${collection}'.`);
  const formatOptions = {
    level: 'minimal',
    int64AsText: false,
    omitNulls: false,
    namespace: MODEL.namespace,
  } as const;
  return renderPage(
    plan,
    entityTemplate({ columns: plan.from.columns, entitySet }, plan.columns, formatOptions),
    SQLITE_DIALECT,
  );
}

/** One page of the engine; its bytes are discarded. */
export async function pullFromEngine(
  engine: Engine,
  statements: PageStatements,
  { after, rows }: { readonly after: readonly SqlValue[] | null; readonly rows: number },
): Promise<Pulled> {
  const page = {
    generation: 1,
    statements,
    after,
    top: null,
    maxRows: rows,
    maxBytes: Infinity,
    maxMilliseconds: Infinity,
  };
  let [seen, bytes] = [0, 0];
  for await (const part of engine.readPage(page, never)) {
    if (part.kind === 'end') continue;
    seen += part.rows;
    bytes += part.bytes.byteLength;
  }
  return { rows: seen, bytes };
}

const agent = new Agent({ keepAlive: true });
// Longer than any link to a next page.
const TAIL_BYTES = 8192;

export interface PulledOverHttp {
  readonly bytes: number;
  readonly pages: number;
  readonly firstByteMs: number;
}

/** Every page from an address on. Throws on anything but 200, and on a body that does not end as JSON does. */
export async function pullOverHttp(address: string): Promise<PulledOverHttp> {
  let next: string | undefined = address;
  let [bytes, pages, firstByteMs] = [0, 0, NaN];
  while (next !== undefined) {
    const before = performance.now();
    const [answer] = (await once(get(next, { agent }), 'response')) as [IncomingMessage];
    if (answer.statusCode !== 200) throw new Error(`${next} answered ${answer.statusCode}.`);
    let tail = Buffer.alloc(0);
    for await (const piece of answer as AsyncIterable<Buffer>) {
      if (bytes === 0) firstByteMs = performance.now() - before;
      bytes += piece.byteLength;
      tail = Buffer.concat([tail.subarray(-TAIL_BYTES), piece.subarray(-TAIL_BYTES)]);
    }
    pages += 1;
    const text = tail.toString();
    if (!text.endsWith('}')) throw new Error(`${next} was cut off.`);
    const link = /"@odata\.nextLink":("[^"]*")\}$/.exec(text)?.[1];
    next = link === undefined ? undefined : String(JSON.parse(link));
  }
  return { bytes, pages, firstByteMs };
}

/** Null where there is no sqlite3 shell to compare with. */
export function findShell(): string | null {
  const { stdout, status } = spawnSync('sqlite3', ['--version'], { encoding: 'utf8' });
  return status === 0 ? (stdout.split(' ')[0] ?? '') : null;
}

/** The shell's own JSON, written to the null device. */
export async function pullFromShell(path: string, sql: string): Promise<void> {
  const shell = spawn('sqlite3', ['-readonly', '-json', path, sql], {
    stdio: ['ignore', NOWHERE, 'inherit'],
  });
  const [code] = (await once(shell, 'close')) as [number | null];
  if (code !== 0) throw new Error(`sqlite3 ended with ${code}.`);
}
const NOWHERE = openSync(devNull, 'w');

/** The obvious program: rows as objects, each of them stringified. */
export function pullByIterating(path: string, sql: string): Pulled {
  const database = new Database(path, { readonly: true });
  let [rows, bytes] = [0, 0];
  for (const row of database.prepare(sql).iterate()) {
    rows += 1;
    bytes += Buffer.from(JSON.stringify(row)).byteLength;
  }
  database.close();
  return { rows, bytes };
}
