// The table of attacks: what each sends over the wire, and the expected answer. None reveals, changes or breaks anything.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Claims, TokenFlaws } from '../../fixtures/entra-emulator/signer.ts';
import {
  startEntraEmulator,
  type EntraEmulator,
} from '../../fixtures/entra-emulator/start-entra-emulator.ts';
import { makeKey, type StoredKey } from '../../src/auth/api-key.ts';
import { openKeyFile } from '../../src/auth/key-file.ts';
import { midnightOf } from '../../src/base/date-key.ts';
import { makeTestWarehouse, startTestFeed, TODAY, type TestFeed } from './test-feed.ts';
import { sendRawRequest, type RawRequest, type RawReply } from './send-raw-request.ts';

let warehouse: Awaited<ReturnType<typeof makeTestWarehouse>>;
let directory: EntraEmulator;
let feed: TestFeed;
/** By purpose: the roles, and keys that are no longer valid. */
const keys = new Map<string, string>();
/** Values of personal columns. No answer here may hold one. */
let personal: readonly string[] = [];
let devices = 0;

const HOUR = 3_600_000;
const NOW = midnightOf(TODAY);

beforeAll(async () => {
  [warehouse, directory] = await Promise.all([makeTestWarehouse(), startEntraEmulator(() => NOW)]);
  const make = (label: string, role: string, expiresAt: Date | null = null): StoredKey => {
    const { text, stored } = makeKey({
      label,
      role,
      createdAt: new Date(NOW.getTime() - 2 * HOUR),
      expiresAt,
    });
    keys.set(label, text);
    return stored;
  };
  openKeyFile(warehouse.data).write([
    ...['reader', 'analyst', 'auditor', 'operator'].map((role) => make(role, role)),
    { ...make('revoked', 'analyst'), revokedAt: new Date(NOW.getTime() - HOUR).toISOString() },
    make('expired', 'analyst', new Date(NOW.getTime() - HOUR)),
  ]);
  feed = await startTestFeed({
    data: warehouse.data,
    anonymous: 'never',
    audiences: [directory.audience.clientId, directory.audience.uri],
    tenantId: directory.tenantId,
    loginUrl: directory.url,
    keyParameter: 'code',
  });
  devices = feed.count('devices');
  const answers = await Promise.all(
    ['devices?$select=serialNumber,deviceName', 'users?$select=userPrincipalName,displayName'].map((query) =>
      feed.get(`/beta/${query}`, { 'x-api-key': keyFor('analyst') }),
    ),
  );
  personal = answers.flatMap(({ json }) =>
    (json.value as readonly object[]).flatMap((row) =>
      Object.values(row).filter((value) => typeof value === 'string' && value.length > 6),
    ),
  );
});
afterAll(async () => {
  await feed.stop();
  await directory.stop();
  warehouse.remove();
});
afterEach(() => {
  // After all attacks no row is gone, no worker died and there was no internal error.
  expect(feed.count('devices')).toBe(devices);
  const faults = ['engine.worker-replaced', 'request.defect'];
  expect(feed.observations.filter(({ kind }) => faults.includes(kind))).toEqual([]);
});

function keyFor(what: string): string {
  return keys.get(what) ?? '';
}

/** How a key is written: `{reader}` stands for that of readers, `{reader:id}` for its id, and so on. */
const WRITTEN: Readonly<Record<string, (key: string) => string>> = {
  id: (key) => key.split('_')[1] ?? '',
  basic: (key) => Buffer.from(`anyone:${key}`).toString('base64'),
  name: (key) => Buffer.from(`${key}:`).toString('base64'),
};
const fill = (text: string): string =>
  text.replaceAll(/\{([a-z]+)(?::(id|basic|name))?\}/g, (written, what: string, how?: string) =>
    keys.has(what) ? (WRITTEN[how ?? '']?.(keyFor(what)) ?? keyFor(what)) : written,
  );

async function answerTo({ line, headers = [], body = '' }: RawRequest): Promise<RawReply> {
  const reply = await sendRawRequest(feed.base, {
    line: fill(line),
    headers: headers.map(fill),
    body: fill(body),
  });
  expectHarmless(reply);
  return reply;
}

/** What holds for every answer, whatever the request was. */
function expectHarmless({ status, head, body, answers }: RawReply): void {
  expect(answers).toBeLessThanOrEqual(1);
  expect(status === 501 || status < 500).toBe(true);
  expect(status >= 300 && status < 400).toBe(false);
  expect(head).not.toMatch(
    /^(Location|Injected|Set-Cookie|Access-Control-Allow-Origin|X-Powered-By|Server):/im,
  );
  expect(body).not.toMatch(/node_modules|\bat [\w.]+ \(|SQLITE|no such (?:table|column)|root:x:0/);
  expect(personal.filter((value) => body.includes(value))).toEqual([]);
  expect([...keys.values()].filter((key) => (head + body).includes(key))).toEqual([]);
}

const filled = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)]));

/** Status, and the code of the error where there is one. */
const statusAndCode = ({ status, code }: RawReply): string => `${status} ${code}`.trim();

test('the warehouse has values to protect', () => {
  expect(personal.length).toBeGreaterThan(20);
  expect(devices).toBeGreaterThan(20);
});

const READ = 'GET /beta/devices?$top=1&$select=deviceKey';

describe('a token', () => {
  const soon = Math.floor(NOW.getTime() / 1000);
  test.each<[string, Claims, TokenFlaws, string]>([
    ['that holds is let in: the table is not merely a wall', {}, {}, '200'],
    ['without signature', {}, { algorithm: 'none' }, '401 auth.required'],
    ['signed with the public key as a secret', {}, { algorithm: 'HS256' }, '401 auth.required'],
    ['forged under a published key name', {}, { forged: true }, '401 auth.required'],
    ['whose algorithm is in lower case', {}, { header: { alg: 'rs256' } }, '401 auth.required'],
    ['that says RS512 of an RS256 signature', {}, { header: { alg: 'RS512' } }, '401 auth.required'],
    ['whose key name is a path', {}, { header: { kid: '../../../dev/null' } }, '401 auth.required'],
    ['whose key name is SQL', {}, { header: { kid: "x' UNION SELECT 'k" } }, '401 auth.required'],
    ['that brings its key', {}, { header: { jwk: { kty: 'oct', k: 'AA' }, kid: 'x' } }, '401 auth.required'],
    [
      'that says where its key is',
      {},
      { header: { jku: 'http://127.0.0.1:9/', kid: 'x' } },
      '401 auth.required',
    ],
    ['for another service', { aud: 'https://graph.microsoft.com' }, {}, '401 auth.required'],
    ['of another tenant', { tid: '00000000-0000-4000-8000-000000000001' }, {}, '401 auth.required'],
    ['of another issuer', { iss: 'https://login.evil.example/v2.0' }, {}, '401 auth.required'],
    ['that has expired', { exp: soon - 3600 }, {}, '401 auth.required'],
    ['of tomorrow', { nbf: soon + 86_400 }, {}, '401 auth.required'],
    ['that never ends', {}, { without: ['exp'] }, '401 auth.required'],
    ['without the right', { scp: 'openid' }, {}, '403 auth.forbidden'],
    [
      'that calls its user an analyst',
      { scp: 'openid analyst', roles: ['analyst'] },
      {},
      '403 auth.forbidden',
    ],
  ])('%s', async (_, claims, twist, expected) => {
    const token = directory.issue(claims, twist);
    expect(statusAndCode(await answerTo({ line: READ, headers: [`Authorization: Bearer ${token}`] }))).toBe(
      expected,
    );
  });

  test.each([
    ['cut short', (token: string) => token.slice(0, -20)],
    ['with other claims under the same signature', (token: string) => token.replace(/\.[^.]+\./, '.e30.')],
    ['of five parts', (token: string) => `${token}.a.b`],
    ['in the query', null],
  ])('%s', async (_, spoil) => {
    const token = directory.issue();
    const blow = spoil
      ? { line: READ, headers: [`Authorization: Bearer ${spoil(token)}`] }
      : { line: `${READ}&access_token=${token}` };
    expect(statusAndCode(await answerTo(blow))).toBe('401 auth.required');
  });
});

/** What is sent, and the answer. A list of headers alone means the default read. */
type Attack = readonly [name: string, blow: RawRequest | readonly string[], expected: string];

const blowOf = (blow: RawRequest | readonly string[]): RawRequest =>
  'line' in blow ? blow : { line: READ, headers: blow };

async function run([, blow, expected]: Attack): Promise<void> {
  expect(statusAndCode(await answerTo(blowOf(blow)))).toBe(expected);
}

const basic = (text: string): string => `Authorization: Basic ${Buffer.from(text).toString('base64')}`;

describe('a credential', () => {
  test.each<Attack>([
    ['that is a key is let in', ['X-Api-Key: {reader}'], '200'],
    ['that is not there', [], '401 auth.required'],
    ['revoked', ['X-Api-Key: {revoked}'], '401 auth.required'],
    ['expired', ['X-Api-Key: {expired}'], '401 auth.required'],
    [
      'with the id of a key and another secret',
      [`X-Api-Key: ff_{analyst:id}_${'A'.repeat(43)}`],
      '401 auth.required',
    ],
    ['that is the id alone', ['X-Api-Key: ff_{analyst:id}_'], '401 auth.required'],
    ['that is a key and more', ['X-Api-Key: {analyst}A'], '401 auth.required'],
    ['that is empty', ['X-Api-Key: '], '401 auth.required'],
    ['that is SQL', ["X-Api-Key: ' OR '1'='1"], '401 auth.required'],
    ['that is a name of objects', ['X-Api-Key: __proto__'], '401 auth.required'],
    ['twice, the second good', ['X-Api-Key: wrong', 'X-Api-Key: {analyst}'], '401 auth.required'],
    ['twice, the first good', ['X-Api-Key: {analyst}', 'X-Api-Key: wrong'], '401 auth.required'],
    ['in two headers', ['X-Api-Key: {reader}', 'Authorization: Bearer {analyst}'], '401 auth.required'],
    [
      'in a header and in the address',
      { line: `${READ}&code={reader}`, headers: ['X-Api-Key: {reader}'] },
      '401 auth.required',
    ],
    ['twice in the address', { line: `${READ}&code={reader}&code={analyst}` }, '401 auth.required'],
    [
      'twice in Authorization, the second good',
      ['Authorization: Bearer wrong', 'Authorization: Bearer {analyst}'],
      '401 auth.required',
    ],
    [
      'twice in Authorization, the first good',
      ['Authorization: Bearer {analyst}', 'Authorization: Bearer wrong'],
      '401 auth.required',
    ],
    [
      'that is Basic twice, the first good',
      ['Authorization: Basic {analyst:basic}', basic('x:wrong')],
      '401 auth.required',
    ],
    ['under another spelling of the parameter', { line: `${READ}&CODE={analyst}` }, '401 auth.required'],
    ['under an encoded spelling of the parameter', { line: `${READ}&%63ode={analyst}` }, '401 auth.required'],
    ['in a cookie', ['Cookie: X-Api-Key={analyst}; code={analyst}'], '401 auth.required'],
    ['behind the fragment', { line: `${READ}#code={analyst}` }, '401 auth.required'],
    ['that is a good key as Basic password is let in', ['Authorization: Basic {analyst:basic}'], '200'],
    ['that is Basic and more', ['Authorization: Basic {analyst:basic}, x'], '401 auth.required'],
    ['that is a key as user name', ['Authorization: Basic {analyst:name}'], '401 auth.required'],
    ['Basic without a colon', [basic('admin')], '401 auth.required'],
    ['Basic that is no base64', ['Authorization: Basic %%%%'], '401 auth.required'],
    ['Basic with the usual suspects', [basic('admin:admin')], '401 auth.required'],
    ['Basic with a NUL', [basic('a:\0')], '401 auth.required'],
    ['of another kind', ['Authorization: Negotiate YIIB6wYGKwYBBQUC'], '401 auth.required'],
    ['of a kind that is a name of objects', ['Authorization: constructor x'], '401 auth.required'],
    ['of forty thousand letters', [`Authorization: Bearer ${'x'.repeat(40_000)}`], '401 auth.required'],
    ['of a proxy', ['Proxy-Authorization: Bearer {analyst}'], '401 auth.required'],
    [
      'that a client certificate would be',
      ['X-Client-Cert: x', 'X-SSL-Client-Verify: SUCCESS'],
      '401 auth.required',
    ],
    [
      'that a sign-in proxy would vouch for',
      ['X-Forwarded-User: admin', 'X-MS-CLIENT-PRINCIPAL-NAME: admin'],
      '401 auth.required',
    ],
  ])('%s', async (...attack) => run(attack));

  test('that was revoked a moment ago is refused with the next request', async () => {
    const file = openKeyFile(warehouse.data);
    const { text, stored } = makeKey({
      label: 'lost',
      role: 'reader',
      createdAt: NOW,
      expiresAt: null,
    });
    const others = file.keys();
    const headers = [`X-Api-Key: ${text}`];
    file.write([...others, stored]);
    expect((await answerTo({ line: READ, headers })).status).toBe(200);
    file.write([...others, { ...stored, revokedAt: NOW.toISOString() }]);
    expect(statusAndCode(await answerTo({ line: READ, headers }))).toBe('401 auth.required');
    file.write(others);
  });

  test('is refused with the same message whatever is wrong with it', async () => {
    const wrong = ['wrong', '{revoked}', '{expired}', `ff_{analyst:id}_${'A'.repeat(43)}`];
    const bodies = await Promise.all(
      wrong.map(async (key) => (await answerTo({ line: READ, headers: [`X-Api-Key: ${key}`] })).body),
    );
    expect(new Set(bodies).size).toBe(1);
  });
});

describe('a role', () => {
  const as = (role: string, line: string, ...headers: string[]): RawRequest => ({
    line,
    headers: [`X-Api-Key: {${role}}`, ...headers],
  });
  test.each<Attack>([
    ['asks for what it does not see', as('auditor', 'GET /beta/users'), '404 request.unknown-resource'],
    ['in other case', as('auditor', 'GET /beta/USERS'), '404 request.unknown-resource'],
    ['encoded', as('auditor', 'GET /beta/%75sers'), '404 request.unknown-resource'],
    ['encoded twice', as('auditor', 'GET /beta/%2575sers'), '404 request.unknown-resource'],
    ['with a slash at its end', as('auditor', 'GET /beta/users/'), '404 request.unknown-resource'],
    ['in v1.0', as('auditor', 'GET /v1.0/users'), '404 request.unknown-resource'],
    ['by key', as('auditor', 'GET /beta/users(1)'), '404 request.unknown-resource'],
    ['by way of what it sees', as('auditor', 'GET /beta/devices(1)/user'), '404 request.unknown-resource'],
    ['by its id', as('auditor', 'GET /beta/$entity?$id=users(1)'), '404 request.unknown-resource'],
    ['by $expand', as('auditor', 'GET /beta/devices?$expand=user'), '400 request.unknown-property'],
    [
      'by a filter',
      as('auditor', "GET /beta/devices?$filter=user/userName ge 'a'"),
      '400 request.unknown-property',
    ],
    [
      'by an order',
      as('auditor', 'GET /beta/devices?$orderby=user/userName'),
      '400 request.unknown-property',
    ],
    [
      'by groups',
      as('auditor', 'GET /beta/devices?$apply=groupby((user/userName))'),
      '400 request.unknown-property',
    ],
    ['by a detour in the path', as('auditor', 'GET /beta/devices/../users'), '404 request.unknown-resource'],
    [
      'by a header that rewrites',
      as('auditor', 'GET /beta', 'X-Original-URL: /beta/users', 'X-Rewrite-URL: /beta/users'),
      '200',
    ],
    [
      'by a header that promotes',
      as(
        'reader',
        'GET /beta/devices?$select=serialNumber',
        'X-Role: analyst',
        'X-Forwarded-Groups: analyst',
      ),
      '400 request.unknown-property',
    ],
    [
      'a column in other case',
      as('reader', 'GET /beta/devices?$select=SERIALNUMBER'),
      '400 request.unknown-property',
    ],
    [
      'a column encoded',
      as('reader', 'GET /beta/devices?$select=serial%4Eumber'),
      '400 request.unknown-property',
    ],
    [
      'a column behind an alias',
      as('reader', "GET /beta/devices?$filter=@f&@f=serialNumber ge 'a'"),
      '400 request.unknown-property',
    ],
    [
      'a column by arithmetic on its length',
      as('reader', 'GET /beta/devices?$filter=length(serialNumber) gt 3'),
      '400 request.unknown-property',
    ],
    [
      'a column of another collection by $it',
      as('reader', "GET /beta/users?$filter=devices/any(d:$it/userPrincipalName ge 'a')"),
      '400 request.unknown-property',
    ],
    ['everything at once', as('reader', 'GET /beta/$all'), '501 request.not-offered'],
    [
      'two collections crossed',
      as('auditor', 'GET /beta/$crossjoin(devices,users)'),
      '501 request.not-offered',
    ],
  ])('%s', async (...attack) => run(attack));
});

describe('the wire', () => {
  const key = 'X-Api-Key: {reader}';
  const inner = 'GET /beta/users HTTP/1.1\r\nHost: x\r\n\r\n';
  const post = (headers: readonly string[], body = inner): RawRequest => ({
    line: 'POST /beta/$batch',
    headers: [key, 'Connection: keep-alive', ...headers],
    body,
  });
  test.each<Attack>([
    [
      'two lengths',
      post(['Content-Length: 0', `Content-Length: ${inner.length}`]),
      '400 request.malformed-url',
    ],
    [
      'a length and chunks',
      post(['Content-Length: 4', 'Transfer-Encoding: chunked'], `0\r\n\r\n${inner}`),
      '400 request.malformed-url',
    ],
    [
      'chunks that are also identity',
      post(['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${inner}`),
      '400 request.malformed-url',
    ],
    [
      'chunks behind a blank',
      post(['Transfer-Encoding : chunked'], `0\r\n\r\n${inner}`),
      '400 request.malformed-url',
    ],
    [
      'chunks whose length is no number',
      post(['Transfer-Encoding: chunked'], `zz\r\n\r\n${inner}`),
      '400 request.malformed-url',
    ],
    ['a negative length', post(['Content-Length: -1']), '400 request.malformed-url'],
    ['a length with a sign', post(['Content-Length: +5']), '400 request.malformed-url'],
    ['a length beyond all numbers', post([`Content-Length: ${'9'.repeat(40)}`]), '400 request.malformed-url'],
    ['a header that goes on in the next line', [key, 'X-A: 1\r\n Injected: 1'], '400 request.malformed-url'],
    ['a header that ends in a bare line feed', [key, 'X-A: 1\nInjected: 1'], '400 request.malformed-url'],
    ['a header with a bare return', [key, 'X-A: 1\rInjected: 1'], '400 request.malformed-url'],
    ['a header with a NUL', [key, 'X-A: 1\0'], '400 request.malformed-url'],
    ['a header without a name', [key, ': x'], '400 request.malformed-url'],
    ['a header name with a blank', [key, 'X A: x'], '400 request.malformed-url'],
    ['HTTP/3.0', { line: 'GET /beta/devices HTTP/3.0', headers: [key] }, '400 request.malformed-url'],
    [
      'HTTP/1.0 without Host',
      { line: 'GET /beta/devices HTTP/1.0', headers: [key, '-Host'] },
      '400 request.malformed-url',
    ],
    ['HTTP/1.1 without Host', [key, '-Host'], '400'],
    ['two Hosts', [key, 'Host: 127.0.0.1', 'Host: evil.example'], '400 request.malformed-url'],
    ['a TLS handshake', { line: '\x16\x03\x01\x02\x00\x01' }, '400 request.malformed-url'],
    ['another protocol', { line: 'PRI * HTTP/2.0' }, '400 request.malformed-url'],
    [
      'TRACE, which would tell headers',
      { line: 'TRACE /beta/devices', headers: [key] },
      '405 request.method-not-allowed',
    ],
    ['CONNECT to elsewhere', { line: 'CONNECT 169.254.169.254:80', headers: [key] }, '0'],
    ['an upgrade to h2c', [key, 'Connection: Upgrade, close', 'Upgrade: h2c'], '200'],
    [
      'an upgrade to a socket',
      [key, 'Connection: Upgrade, close', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
      '200',
    ],
    ['an expectation that nobody can meet', [key, 'Expect: everything'], '417'],
    ['DELETE', { line: 'DELETE /beta/devices(1)', headers: [key] }, '405 request.method-not-allowed'],
    ['PATCH', { line: 'PATCH /beta/devices(1)', headers: [key] }, '405 request.method-not-allowed'],
    [
      'POST',
      { line: 'POST /beta/devices', headers: [key, 'Content-Length: 2'], body: '{}' },
      '405 request.method-not-allowed',
    ],
    ['PROPFIND', { line: 'PROPFIND /beta', headers: [key] }, '405 request.method-not-allowed'],
    ['a method that is none', { line: 'HACK /beta', headers: [key] }, '400 request.malformed-url'],
    [
      'GET that would be DELETE',
      [key, 'X-HTTP-Method-Override: DELETE', 'X-HTTP-Method: DELETE', 'X-Method-Override: DELETE'],
      '200',
    ],
    [
      'POST that would be GET',
      { line: 'POST /beta/devices', headers: [key, 'Content-Length: 0', 'X-HTTP-Method-Override: GET'] },
      '405 request.method-not-allowed',
    ],
    ['GET with a body', { line: READ, headers: [key, 'Content-Length: 2'], body: '{}' }, '200'],
    ['a thousand ranges', [key, `Range: bytes=${'0-1,'.repeat(1000)}2-3`], '200'],
    [
      'a target of another server',
      { line: 'GET http://169.254.169.254/latest', headers: [key] },
      '404 request.unknown-resource',
    ],
    ['the target *', { line: 'GET *', headers: [key] }, '404 request.unknown-resource'],
    ['no target', { line: 'GET', headers: [key] }, '400 request.malformed-url'],
  ])('%s', async (...attack) => run(attack));
});

describe('a host', () => {
  const key = 'X-Api-Key: {reader}';
  const EVIL = /evil\.example|javascript:|<script/i;
  test.each([
    ['of someone else’s proxy', ['X-Forwarded-Host: evil.example', 'X-Forwarded-Proto: javascript']],
    ['with a prefix', ['X-Forwarded-Prefix: //evil.example']],
    ['as RFC 7239 says it', ['Forwarded: host=evil.example;proto=https']],
    ['in the names that other proxies use', ['X-Host: evil.example', 'X-Forwarded-Server: evil.example']],
  ])('%s reaches no link', async (_, headers) => {
    const reply = await answerTo({
      line: 'GET /beta/devices?$select=deviceKey',
      headers: [key, 'Prefer: maxpagesize=2', ...headers],
    });
    expect(reply.body).toContain('@odata.nextLink');
    expect(reply.head + reply.body).not.toMatch(EVIL);
  });

  test.each<Attack>([
    ['with a path', [key, 'Host: 127.0.0.1/evil.example'], '400 request.malformed-url'],
    ['with a user', [key, 'Host: 127.0.0.1@evil.example'], '400 request.malformed-url'],
    ['with a script', [key, 'Host: <script>alert(1)</script>'], '400 request.malformed-url'],
    ['with a quote', [key, 'Host: x"onload="y'], '400 request.malformed-url'],
    ['that is empty', [key, 'Host: '], '400 request.malformed-url'],
    ['with a port that is none', [key, 'Host: 127.0.0.1:99999999'], '400 request.malformed-url'],
    ['with a port beyond the last', [key, 'Host: 127.0.0.1:99999'], '400 request.malformed-url'],
    ['that would be a number', [key, 'Host: 999.1.1.1'], '400 request.malformed-url'],
  ])('%s', async (...attack) => run(attack));

  test('of the sender’s choice cannot be brought by a page: a browser has no key', async () => {
    expect(statusAndCode(await answerTo({ line: READ, headers: ['Host: evil.example'] }))).toBe(
      '401 auth.required',
    );
  });
});

describe('a trusted proxy that forwards what it was sent', () => {
  let behind: TestFeed;
  beforeAll(async () => {
    behind = await startTestFeed({ data: warehouse.data, trustedProxies: ['loopback'] });
  });
  afterAll(() => behind.stop());

  test.each([
    ['no scheme of the web', 'X-Forwarded-Proto: javascript'],
    ['two schemes', 'X-Forwarded-Proto: https%0d%0aInjected: 1'],
    ['a host with a path', 'X-Forwarded-Host: fleet.example/evil'],
    ['a host with a user', 'X-Forwarded-Host: fleet.example@evil.example'],
    ['a host with markup', 'X-Forwarded-Host: "><script>'],
    ['a prefix that is another host', 'X-Forwarded-Prefix: //evil.example'],
    ['a prefix that begins a query', 'X-Forwarded-Prefix: /a?b='],
    ['a prefix that is no path', 'X-Forwarded-Prefix: .evil.example'],
  ])('gets no link made of %s', async (_, header) => {
    const headers = [`X-Api-Key: ${keyFor('reader')}`, header];
    const reply = await sendRawRequest(behind.base, { line: 'GET /beta', headers });
    expectHarmless(reply);
    expect(statusAndCode(reply)).toBe('400 request.malformed-url');
  });
});

describe('a page of another origin', () => {
  const key = 'X-Api-Key: {reader}';
  test.each<Attack>([
    [
      'asks first',
      {
        line: 'OPTIONS /beta/devices',
        headers: [key, 'Origin: https://evil.example', 'Access-Control-Request-Method: GET'],
      },
      '405 request.method-not-allowed',
    ],
    [
      'asks first without credentials',
      {
        line: 'OPTIONS /beta/devices',
        headers: ['Origin: https://evil.example', 'Access-Control-Request-Method: GET'],
      },
      '401 auth.required',
    ],
    ['reads', [key, 'Origin: https://evil.example'], '200'],
    ['of no origin reads', [key, 'Origin: null'], '200'],
    [
      'wants a script',
      { line: `${READ}&callback=alert&jsonp=alert`, headers: [key, 'Accept: application/javascript'] },
      '406 request.not-acceptable',
    ],
    [
      'posts a form',
      {
        line: 'POST /beta/$batch',
        headers: [key, 'Content-Type: text/plain', 'Content-Length: 2'],
        body: '{}',
      },
      '415 request.unsupported-media',
    ],
  ])('%s', async (...attack) => {
    await run(attack);
    const { head } = await answerTo(blowOf(attack[1]));
    expect(head).not.toMatch(/^Access-Control-/im);
    expect(head).toMatch(/^X-Content-Type-Options: nosniff$/im);
    expect(head).toMatch(/^Content-Security-Policy: .*frame-ancestors 'none'/im);
    expect(head).toMatch(/^Cross-Origin-Resource-Policy: same-origin$/im);
  });

  test('gets no answer in which a browser would run its script', async () => {
    const { head } = await answerTo({
      line: 'GET /beta/<script>alert(1)</script>',
      headers: [key, 'Accept: text/html'],
    });
    expect(head).toMatch(/^Content-Type: application\/json/im);
  });
});

describe('a cache in between', () => {
  test.each([
    ['rows', READ, 200],
    ['documents', 'GET /beta/$metadata', 200],
    ['the front page', 'GET /', 200],
    ['errors', 'GET /beta/nowhere', 404],
  ])('keeps %s for the caller alone', async (_, line, status) => {
    const reply = await answerTo({ line, headers: ['X-Api-Key: {reader}'] });
    expect(reply.status).toBe(status);
    expect(reply.head).toMatch(/^Cache-Control: (private|no-store)/im);
    expect(reply.head).toMatch(/^Vary: .*Authorization.*X-Api-Key/im);
  });

  test('does not keep a refusal', async () => {
    expect((await answerTo({ line: READ })).head).toMatch(/^Cache-Control: .*no-store/im);
  });
});

describe('a path', () => {
  const bare = (target: string): RawRequest => ({ line: `GET ${target}`, headers: ['X-Api-Key: {reader}'] });
  test.each([
    '/beta/../../etc/passwd',
    '/beta/%2e%2e/%2e%2e/etc/passwd',
    '/beta/..%2f..%2fetc%2fpasswd',
    '/beta/..%5c..%5cwindows',
    '/beta/..;/devices',
    '/-/ready/../../keys.json',
    '/keys.json',
    '/data/keys.json',
    '/.env',
    '/.git/config',
    '/package.json',
    '/BETA/devices',
    '//evil.example/beta/devices',
    '/\\evil.example/',
    '/beta//evil.example/%2f..',
    '/beta/devices;jsessionid=1',
    '/beta/devices%3F$top=1',
    '/beta/devices%23',
    '/beta/devices%2f1',
    '/beta/%0d%0aInjected:%201',
    '/beta/__proto__',
    '/beta/constructor',
    '/beta/devices(1)/__proto__',
    '/beta/devices(1)/toString',
    `/beta${'/'.repeat(5000)}devices`,
    `/beta/${'x'.repeat(6000)}`,
  ])('%s leads nowhere', async (target) => {
    const reply = await answerTo(bare(target));
    expect([400, 404]).toContain(reply.status);
    expect(reply.code).toMatch(/^(request|limit)\./);
  });

  test.each(['/beta/%', '/beta/%zz', '/beta/%00', '/beta/devices%00', '/beta/%c0%ae%c0%ae', '/beta/%ff'])(
    '%s is no text',
    async (target) => {
      expect([400, 404]).toContain((await answerTo(bare(target))).status);
    },
  );
});

describe('SQL and OData where values go', () => {
  const asAnalyst = (query: string): RawRequest => ({
    line: `GET /beta/devices${query}`,
    headers: ['X-Api-Key: {analyst}'],
  });
  test.each<readonly [query: string, expected: string]>([
    ["('1 or 1 eq 1')", '400 request.bad-key'],
    ['(1 or 1 eq 1)', '400 request.malformed-url'],
    ['(1);DROP TABLE devices', '400 request.malformed-url'],
    ["(1)/deviceName'--", '400 request.malformed-url'],
    ['(deviceKey=1,deviceKey=2)', '400 request.bad-key'],
    ['(@k)?@k=1 or true', '400 request.malformed-url'],
    ["?$filter=deviceName eq '' OR 1=1 --'", '400 request.malformed-expression'],
    ["?$filter=deviceName eq ''';DROP TABLE devices;--'&$select=deviceKey", '200'],
    ["?$filter=deviceName eq @n&@n='x'' OR ''1''=''1'&$select=deviceKey", '200'],
    ["?$filter=contains(deviceName,'%25')&$select=deviceKey", '200'],
    ["?$filter=load_extension('/tmp/x')", '501 request.not-offered'],
    ["?$filter=deviceName eq readfile('/etc/passwd')", '501 request.not-offered'],
    ["?$filter=matchesPattern(deviceName,'(a%2B)%2B$')&$select=deviceKey", '200'],
    ['?$filter=sqlite_version() eq 1', '501 request.not-offered'],
    ['?$filter=(select 1) eq 1', '400 request.malformed-expression'],
    ['?$filter=rowid eq 1', '400 request.unknown-property'],
    ['?$filter=__proto__ eq 1', '400 request.unknown-property'],
    ['?$filter=constructor/constructor eq 1', '400 request.unknown-property'],
    ['?$filter[$ne]=1', '400 request.unknown-option'],
    ['?__proto__[admin]=1&constructor.prototype.x=1&$select=deviceKey&$top=1', '200'],
    ['?$orderby=deviceName;DROP TABLE devices', '400 request.malformed-expression'],
    ['?$orderby=(CASE WHEN 1=1 THEN 1 END)', '400 request.malformed-expression'],
    ['?$select=deviceKey,(SELECT 1)', '400 request.malformed-option'],
    ['?$select=*,sqlite_master', '400 request.unknown-property'],
    ['?$expand=sqlite_master', '400 request.unknown-property'],
    ['?$compute=1;DROP TABLE devices as x', '400 request.malformed-expression'],
    ['?$compute=1 as "x";--', '400 request.malformed-expression'],
    ['?$apply=groupby((deviceName;--))', '400 request.malformed-expression'],
    ['?$apply=aggregate(deviceKey with load_extension as x)', '400 request.malformed-expression'],
    ['?$search="zzzz" OR rowid:*&$select=deviceKey', '200'],
    ["?$search=a' OR '1'='1&$select=deviceKey", '400 request.malformed-option'],
    ['?$top=1;--', '400 request.malformed-option'],
    ['?$top=-1', '400 request.malformed-option'],
    ['?$skip=99999999999999999999', '400 limit.too-complex'],
    ['?$top=1&$top=1000000', '400 request.duplicate-option'],
    ['?maxhistorydays=1 OR 1=1', '400 request.bad-history-days'],
    ["?$skiptoken=' OR 1=1", '400 request.bad-skiptoken'],
    ['?$skiptoken=eyJhZG1pbiI6dHJ1ZX0', '400 request.bad-skiptoken'],
    ["?$deltatoken='--", '400 request.bad-deltatoken'],
    ["?api-version=beta'--", '400 request.bad-version'],
    ['?$format=../../etc/passwd', '406 request.not-acceptable'],
    ['?$id=../../etc/passwd', '501 request.not-offered'],
  ])('devices%s', async (query, expected) => {
    const reply = await answerTo(asAnalyst(query));
    expect(statusAndCode(reply)).toBe(expected);
    if (/DROP|rowid:/.test(query) && reply.status === 200) expect(reply.body).toContain('"value":[]');
  });
});

describe('a batch', () => {
  const batch = (part: object, role = 'reader', ...headers: string[]): RawRequest => {
    const body = JSON.stringify({ requests: [{ id: '1', method: 'GET', ...part }] });
    return {
      line: 'POST /beta/$batch',
      headers: [
        `X-Api-Key: {${role}}`,
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        ...headers,
      ],
      body,
    };
  };
  test.each<readonly [name: string, part: object, expected: number]>([
    ['to another server', { url: 'http://evil.example/beta/devices' }, 404],
    ['to the address of a cloud’s metadata', { url: 'http://169.254.169.254/latest/meta-data' }, 404],
    ['to a host without scheme', { url: '//evil.example/devices' }, 404],
    ['to a file', { url: 'file:///etc/passwd' }, 400],
    ['up the path', { url: '../../etc/passwd' }, 404],
    ['to the watchman’s door', { url: '/-/ready' }, 404],
    ['that is a batch', { url: '$batch', method: 'POST', body: { requests: [] } }, 405],
    ['that writes', { url: 'devices(1)', method: 'DELETE' }, 405],
    [
      'that overrides its method',
      { url: 'devices?$top=1&$select=deviceKey', headers: { 'X-HTTP-Method-Override': 'DELETE' } },
      200,
    ],
    ['that names an option twice', { url: 'devices?$top=1&$top=2' }, 400],
    ['to a name of objects', { url: '__proto__' }, 404],
  ])('with a part %s', async (_, part, expected) => {
    const reply = await answerTo(batch(part));
    expect(reply.status).toBe(200);
    expect(/"status":(\d+)/.exec(reply.body)?.[1]).toBe(String(expected));
  });

  test.each([
    ['key', { 'X-Api-Key': '{analyst}' }],
    ['password', { Authorization: 'Basic {analyst:basic}' }],
    ['role', { 'X-Role': 'analyst' }],
  ])('with a part that brings a %s of its own sees no more', async (_, headers) => {
    const reply = await answerTo(batch({ url: 'devices?$select=serialNumber', headers: filled(headers) }));
    expect(reply.body).toMatch(/"status":400/);
  });

  test('with a part that names a host gets no link to that host', async () => {
    const headers = { Host: 'evil.example', 'X-Forwarded-Host': 'evil.example', Prefer: 'maxpagesize=2' };
    const { body } = await answerTo(batch({ url: 'devices?$select=deviceKey', headers }));
    expect(body).toContain('nextLink');
    expect(body).not.toContain('evil.example');
  });

  test.each<readonly [name: string, body: string, headers: readonly string[], expected: string]>([
    [
      'of ten thousand parts',
      JSON.stringify({
        requests: Array.from({ length: 10_000 }, (_, id) => ({ id: `${id}`, method: 'GET', url: 'devices' })),
      }),
      [],
      '400 limit.batch-too-large',
    ],
    ['that nests without end', `{"requests":${'['.repeat(100_000)}`, [], '400 request.malformed-batch'],
    ['that is no JSON', '{"requests":', [], '400 request.malformed-batch'],
    ['that pollutes', '{"__proto__":{"requests":[]},"constructor":1}', [], '400 request.malformed-batch'],
    ['that is packed', 'x'.repeat(100), ['Content-Encoding: gzip'], '415 request.unsupported-media'],
    ['packed twice', 'x'.repeat(100), ['Content-Encoding: gzip, br'], '415 request.unsupported-media'],
  ])('%s', async (_, body, headers, expected) => {
    const type = headers.some((each) => each.startsWith('Content-Type'))
      ? []
      : ['Content-Type: application/json'];
    const defaults = ['X-Api-Key: {reader}', `Content-Length: ${body.length}`, ...type];
    expect(
      statusAndCode(await answerTo({ line: 'POST /beta/$batch', headers: [...defaults, ...headers], body })),
    ).toBe(expected);
  });

  test('that announces an enormous body is refused before the body is sent', async () => {
    const headers = ['X-Api-Key: {reader}', 'Content-Type: application/json', 'Content-Length: 99999999999'];
    expect(statusAndCode(await answerTo({ line: 'POST /beta/$batch', headers }))).toBe(
      '413 limit.body-too-large',
    );
  });
});

describe('something oversized', () => {
  const key = 'X-Api-Key: {reader}';
  test.each<Attack>([
    [
      'a query',
      { line: `GET /beta/devices?$filter=${'a'.repeat(40_000)}`, headers: [key] },
      '400 limit.query-too-long',
    ],
    ['a header', [key, `X-A: ${'a'.repeat(70_000)}`], '400 limit.query-too-long'],
    [
      'twenty thousand headers',
      [key, ...Array.from({ length: 20_000 }, (_, i) => `X-${i}: 1`)],
      '400 limit.query-too-long',
    ],
    ['a list in Accept', [key, `Accept: ${'a/b;q=0.1,'.repeat(5000)}*/*`], '200'],
    ['a list in Prefer', [key, `Prefer: ${'x=1,'.repeat(10_000)}y`], '200'],
    ['a list in If-None-Match', [key, `If-None-Match: ${'"x",'.repeat(10_000)}"y"`], '200'],
    ['a list in Accept-Encoding', [key, `Accept-Encoding: ${'gzip;q=0,'.repeat(5000)}identity`], '200'],
    [
      'five thousand options',
      { line: `GET /beta/devices?${'a=1&'.repeat(5000)}$top=1&$select=deviceKey`, headers: [key] },
      '400 limit.query-too-long',
    ],
  ])('%s', async (...attack) => run(attack));
});

describe('the id of a request', () => {
  test.each([
    ['request-id', 'request-id: 00000000-evil'],
    ['a trace', 'traceparent: 00-evil-evil-01'],
  ])('is ours: %s is not taken over', async (_, header) => {
    const { head } = await answerTo({ line: READ, headers: ['X-Api-Key: {reader}', header] });
    expect(head).not.toContain('evil');
  });

  test.each([
    ['encoded line ends', 'client-request-id: x%0d%0aInjected: 1', true],
    ['letters beyond ASCII', 'client-request-id: \u00e9vil', false],
    ['blanks', 'client-request-id: a b', false],
    ['no end', `client-request-id: ${'x'.repeat(200)}`, false],
  ])('that a client gives, with %s, is handed back only where it is plain: %#', async (_, header, isBack) => {
    const { head } = await answerTo({ line: READ, headers: ['X-Api-Key: {reader}', header] });
    expect(/^client-request-id:/im.test(head)).toBe(isBack && !header.includes(' 1'));
  });
});
