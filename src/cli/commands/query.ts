// `query`: the answer to any address of the feed, without a server; or how it would be read.
import { existsSync } from 'node:fs';
import { MODEL } from '../../../schema/fleetfeed-model.ts';
import { roleNamed, type Role } from '../../auth/roles.ts';
import { FeedError } from '../../base/feed-error.ts';
import { feedEmpty } from '../../base/feed-empty.ts';
import { LIMITS } from '../../base/limits.ts';
import { openExplainingEngine } from '../../engines/sqlite/read/explaining-engine.ts';
import { SQLITE_DIALECT } from '../../engines/sqlite/sqlite-dialect.ts';
import { openSqliteEngine } from '../../engines/sqlite/sqlite-engine.ts';
import type { Engine } from '../../engines/engine.ts';
import { encodeError } from '../../format/odata/encode-error.ts';
import { type FeedRequest, parseTarget } from '../../http/request/feed-request.ts';
import { type Feed, feedsByRole } from '../../http/feed.ts';
import { parseFeedRequest } from '../../http/read/parse-feed-request.ts';
import { planRequest } from '../../http/read/plan-request.ts';
import { serveRead } from '../../http/read/serve-read.ts';
import { findMount } from '../../http/request/service-roots.ts';
import { startStopwatch } from '../../http/request/stopwatch.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../settings/settings.ts';
import { text } from '../../settings/setting.ts';
import { migrateWarehouse } from '../wiring/migrate-warehouse.ts';
import { clockOf } from '../wiring/clock-of.ts';
import { defineCommand } from './command.ts';
import { explanation } from '../text/explanation.ts';
import { rolesOf } from '../wiring/roles-of.ts';
import { print, printBody, say } from '../process/terminal.ts';
import { readTypedAddress } from '../text/typed-address.ts';

const ignoreObservation = (): void => undefined;

/** Host and port are those of `serve`: links of an answer lead there. */
const QUERY_SETTINGS = [
  'data',
  'keepGenerations',
  'roles',
  'host',
  'port',
  'publicUrl',
  'pageRows',
  'today',
] as const;

type QuerySettings = Pick<Settings, (typeof QUERY_SETTINGS)[number]>;

interface Read {
  readonly address: string;
  readonly role: Role;
}

export const query = defineCommand({
  operands: { address: { help: 'an address of the feed, in quotes.' } },
  example: "fleetfeed query 'beta/devices?$top=3'",
  help: 'Answers an address of the feed, such as beta/devices?$top=3, without a server.',
  settings: QUERY_SETTINGS,
  options: { as: text('analyst', 'The role that reads: the answer is what its readers see.') },
  switches: { explain: 'Prints the plan, the SQL and how SQLite would run it, and reads nothing.' },
  run: async (settings, { address, as, explain }) => {
    const migrated = existsSync(settings.data) ? migrateWarehouse(settings) : null;
    if (migrated) say(`The warehouse was brought to this release, as generation ${migrated.id}.`);
    try {
      const read = { address, role: roleNamed(rolesOf(settings), as, '--as') };
      await (explain ? printExplanation(read, settings) : printAnswer(read, settings));
    } catch (error) {
      if (!(error instanceof FeedError)) throw error;
      // As a server would send it, for programs as well as for people.
      say(Buffer.from(encodeError(withoutServer(error, settings))).toString());
      process.exitCode = 1;
    }
  },
});

/** A server speaks of its address; a command speaks of the folder and of the words that it takes. */
function withoutServer(error: FeedError, { data }: QuerySettings): FeedError {
  const { code, message, target = '' } = error;
  if (code === 'feed.empty') return feedEmpty(data);
  if (code !== 'request.unknown-resource' || findMount(target)) return error;
  return new FeedError(code, message, { target, hint: 'An address begins with v1.0 or beta: beta/devices.' });
}

async function printAnswer({ address, role }: Read, settings: QuerySettings): Promise<void> {
  const engine = openSqliteEngine({
    dataDir: settings.data,
    workers: 1,
    observe: ignoreObservation,
    limits: LIMITS,
  });
  try {
    const request = requestOf(address, settings);
    const { body } = await serveRead(feedOf(engine, role, settings), request, startStopwatch());
    if (body) await printBody(body);
  } finally {
    await engine.close();
  }
}

async function printExplanation({ address, role }: Read, settings: QuerySettings): Promise<void> {
  const engine = openExplainingEngine(settings.data, LIMITS);
  const feed = feedOf(engine, role, settings);
  const request = requestOf(address, settings);
  const parsed = parseFeedRequest(request, feed.limits);
  const plan = parsed.kind === 'read' ? planRequest(parsed, feed).plan : null;
  // The read itself, so that the explanation is of what would run.
  await serveRead(feed, request, startStopwatch());
  print(explanation(plan, engine.explained));
}

function feedOf(engine: Engine, role: Role, settings: QuerySettings): Feed {
  const options = {
    model: MODEL,
    engine,
    dialect: SQLITE_DIALECT,
    clock: clockOf(settings),
    limits: LIMITS,
    observe: ignoreObservation,
    settings: { ...DEFAULT_SETTINGS, ...settings },
  };
  return feedsByRole(options)(role);
}

function requestOf(address: string, { publicUrl, host, port }: QuerySettings): FeedRequest {
  const { target, base } = readTypedAddress(address, publicUrl ?? `http://${host}:${port}`);
  return {
    ...parseTarget(target, base),
    headers: {},
    contentEncoding: 'identity',
    wantsBody: true,
    signal: new AbortController().signal,
  };
}
