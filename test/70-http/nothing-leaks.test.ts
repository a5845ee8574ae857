// After complete runs with a failing Graph and requests of every kind, no output holds a secret or a name.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  startEntraEmulator,
  type EntraEmulator,
} from '../../fixtures/entra-emulator/start-entra-emulator.ts';
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import {
  startGraphEmulator,
  type GraphEmulator,
} from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { makeKey } from '../../src/auth/api-key.ts';
import { openKeyFile } from '../../src/auth/key-file.ts';
import { auditFolder } from '../../src/base/audit-files.ts';
import { fixedClock } from '../../src/base/clock.ts';
import { addDays, midnightOf, type DateKey } from '../../src/base/date-key.ts';
import { simulateRuns } from '../../src/cli/wiring/simulate-runs.ts';
import { JOURNAL_FILE } from '../../src/engines/sqlite/journal/sqlite-run-journal.ts';
import { listGenerations } from '../../src/engines/sqlite/generations/generation-files.ts';
import { logTo } from '../../src/observe/log.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';
import { startTestFeed, TODAY, type TestFeed } from './test-feed.ts';

const data = mkdtempSync(join(tmpdir(), 'fleetfeed-leaks-'));
const clock = fixedClock(midnightOf(TODAY));
/** All output of the feed and its runs. */
const output: string[] = [];
const logs = (['text', 'json'] as const).map((format) => logTo((line) => output.push(line), format, clock));

const keys = ['analyst', 'reader', 'operator'].map((role) =>
  makeKey({ label: role, role, createdAt: clock.now(), expiresAt: null }),
);
const [analyst = '', reader = ''] = keys.map(({ text }) => text);
const PASSWORD = 'P4ssword-of-nobody';
const secrets = new Map([
  ...keys.map(({ text, stored }): [string, string] => [`the key of ${stored.role}s`, text.slice(-43)]),
  ['a password', PASSWORD],
  ['a password, encoded', Buffer.from(`u:${PASSWORD}`).toString('base64')],
  ['the client secret', DEMO_CREDENTIALS.clientSecret],
]);

let graph: GraphEmulator;
let directory: EntraEmulator;
let feed: TestFeed;
let names: ReadonlySet<string>;
const headersSent: string[] = [];

async function runOn(day: DateKey): Promise<void> {
  await simulateRuns([day], {
    emulator: graph,
    settings: { ...DEFAULT_SETTINGS, data, keepGenerations: 3 },
    observe: (seen) => logs.forEach((log) => log(seen)),
    signal: new AbortController().signal,
  }).catch((error: unknown) => output.push(String(error)));
}

/** Every personal value in the warehouse except ids, long enough not to occur by chance. */
function namesIn(path: string): ReadonlySet<string> {
  const database = new Database(path, { readonly: true });
  const columns = [...MODEL.entities.values()].flatMap(({ name, properties }) =>
    Object.entries(properties)
      .filter(([, { personal }]) => personal !== undefined && personal !== 'id')
      .map(([column]) => database.prepare(`SELECT DISTINCT "${column}" FROM "${name}"`).pluck().all()),
  );
  database.close();
  const values = columns.flat().filter((each): each is string => typeof each === 'string');
  return new Set(values.filter(({ length }) => length >= 6).map((each) => each.toLowerCase()));
}

beforeAll(async () => {
  graph = await startGraphEmulator({
    tenant: makeTenant({ seed: 1, devices: 45, firstDateKey: addDays(TODAY, -1) }),
  });
  await runOn(addDays(TODAY, -1));
  graph.faults.add({ match: '/users', answer: 'expired-token' });
  graph.faults.add({ match: '/managedDevices', answer: '429', retryAfter: 0 });
  graph.faults.add({ match: 'deviceStatuses', answer: 'forbidden', times: 3 });
  graph.faults.add({ match: 'EncryptionStates', answer: 'missing-segment', times: 9 });
  graph.faults.add({ match: 'mobileApps', answer: 'last-page', times: 2 });
  await runOn(TODAY);
  names = namesIn(listGenerations(data)[0]?.path ?? '');

  directory = await startEntraEmulator(() => clock.now());
  openKeyFile(data).write(keys.map(({ stored }) => stored));
  feed = await startTestFeed({
    ...{ data, anonymous: 'never', keyParameter: 'code' },
    ...{ audiences: [directory.audience.clientId], tenantId: directory.tenantId, loginUrl: directory.url },
  });
  await askEverything();
  await feed.stop();
  for (const seen of feed.observations) logs.forEach((log) => log(seen));
  // A run whose secret the directory refuses, and one that ingests the audit log.
  graph.faults.add({ match: '/users', answer: 'forbidden', times: 100 });
  await runOn(addDays(TODAY, 1));
}, 60_000);
afterAll(async () => {
  await graph.close();
  await directory.stop();
  rmSync(data, { recursive: true });
});

async function askEverything(): Promise<void> {
  const token = directory.issue();
  const expired = directory.issue({ exp: 1 });
  secrets.set('a token', token).set('the signature of a token', token.slice(-40));
  secrets.set('an expired token', expired.slice(-40));
  const [name = '', other = ''] = [...names].filter((each) => !/[@ ]/.test(each));
  const upn = [...names].find((each) => each.includes('@')) ?? '';
  const basic = (user: string, password: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  });
  const credentials: readonly Readonly<Record<string, string>>[] = [
    {},
    { 'x-api-key': analyst },
    { 'x-api-key': reader },
    { 'x-api-key': `${analyst.slice(0, -1)}!` },
    { 'x-api-key': analyst, authorization: `Bearer ${token}` },
    { authorization: `Bearer ${token}` },
    { authorization: `Bearer ${expired}` },
    { authorization: `Bearer ${token.slice(0, -40)}` },
    { authorization: token },
    { authorization: analyst },
    basic(upn, analyst),
    basic('u', PASSWORD),
    basic(PASSWORD, ''),
    { authorization: `Negotiate ${Buffer.from(upn).toString('base64')}`, cookie: PASSWORD },
  ];
  const paths = [
    '/',
    '/v1.0',
    '/beta/$metadata',
    `/beta/devices?$filter=deviceName eq '${name}'&$select=deviceKey`,
    `/beta/devices?$filter=deviceName eq ${name}`,
    `/beta/devices?$search="${name}"&$select=deviceKey`,
    `/beta/users?$filter=userPrincipalName eq '${upn}'&$select=userKey`,
    `/beta/users?$filter=startswith(userPrincipalName,'${upn}') and 1 div 0 eq 1`,
    `/beta/devices('${name}')`,
    `/beta/devices(${name})`,
    `/beta/devices(serialNumber='${name}')/${other}`,
    `/beta/devices/${name}`,
    `/${upn}`,
    `/beta/${upn}?${name}`,
    `/beta/devices?${name}=${other}`,
    `/beta/devices?$${name}=1`,
    `/beta/devices?@${name.replaceAll('-', '')}='${other}'`,
    `/beta/devices?$skiptoken=${name}`,
    `/beta/devices?$deltatoken=${token}`,
    `/beta/devices?$orderby=deviceName&$top=5&code=${analyst}`,
    `/beta/devices?$top=1&Code=${analyst}`,
    `/beta/devices?$top=1&code=${analyst}&code=${reader}`,
    `/beta/devices?access_token=${token}`,
    `/beta/${analyst}`,
    `/nowhere/${token}`,
    `/-/ready?${analyst}`,
  ];
  for (const credential of credentials) {
    for (const path of paths) {
      const { headers, text, status } = await feed.get(path, { ...credential, 'user-agent': PASSWORD });
      headersSent.push(JSON.stringify([...headers]));
      for (const [what, secret] of secrets) {
        // An error about an address quotes it, to the authenticated caller who sent it.
        const isOwnWords = path.includes(secret) && !path.includes('code=') && status !== 401;
        if (!isOwnWords && text.includes(secret))
          output.push(`An answer to ${path} contains ${what}: ${secret}`);
      }
    }
  }
  await feed.get(`/beta/devices?$select=deviceKey`, { 'x-api-key': analyst, referer: upn }, 'DELETE');
  const parts = paths.filter((path) => path.startsWith('/beta/')).map((path, id) => ({ id: `${id}`, path }));
  const batch = await fetch(`${feed.base}/beta/$batch`, {
    method: 'POST',
    headers: {
      ...{ 'x-api-key': analyst, 'content-type': 'application/json', prefer: 'continue-on-error' },
    },
    body: JSON.stringify({ requests: parts.map(({ id, path }) => ({ id, method: 'GET', url: path })) }),
  });
  output.push(`${batch.status} ${(await batch.text()).length}`);
}

function textOf(path: string, tables: readonly string[]): string {
  const database = new Database(path, { readonly: true });
  const rows = tables.map((table) => JSON.stringify(database.prepare(`SELECT * FROM "${table}"`).all()));
  database.close();
  return rows.join('\n');
}

const RUNS = ['runs', 'runSteps', 'runProblems'];

describe('no secret and no name is in', () => {
  const outputs: readonly (readonly [string, () => string])[] = [
    ['the log and the errors of runs', () => output.join('\n')],
    ['the audit', () => readFolder(auditFolder(data))],
    ['the journal', () => textOf(join(data, JOURNAL_FILE), RUNS)],
    ['what is published of runs and reads', () => textOf(newest(), [...RUNS, 'reads'])],
    ['the headers of answers', () => headersSent.join('\n')],
  ];
  test.each(outputs)('%s', (_, read) => {
    const output = read();
    expect(output.length).toBeGreaterThan(200);
    const lines = output.split('\n');
    const withSecret = [...secrets].flatMap(([what, secret]) =>
      lines.filter((line) => line.includes(secret)).map((line) => `${what}: ${line}`),
    );
    expect(withSecret).toEqual([]);
    const lower = output.toLowerCase();
    const named = [...names].filter(
      (name) => lower.includes(name) || lower.includes(encodeURIComponent(name)),
    );
    expect(
      named.map((name) => `${name}: ${lines.find((line) => line.toLowerCase().includes(name)) ?? ''}`),
    ).toEqual([]);
  });

  test('the key file, apart from what is needed to verify a key', () => {
    const keyFile = readFileSync(join(data, 'keys.json'), 'utf8');
    for (const { text } of keys) expect(keyFile).not.toContain(text.slice(-43));
  });
});

test('the outputs are large enough to be a test', () => {
  expect(names.size).toBeGreaterThan(100);
  expect(output.filter((line) => line.includes('request.answered')).length).toBeGreaterThan(300);
  for (const kind of ['run.retry', 'run.problem', 'run.published']) expect(output.join('\n')).toContain(kind);
  expect(textOf(newest(), ['runProblems'])).not.toBe('[]');
  expect(textOf(newest(), ['reads']).split('requestId').length).toBeGreaterThan(300);
});

function newest(): string {
  return listGenerations(data)[0]?.path ?? '';
}

function readFolder(folder: string): string {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}
