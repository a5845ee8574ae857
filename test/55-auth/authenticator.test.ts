// Authentication: tokens of a directory that signs, rotates its keys and goes down, API keys that expire, and forgeries.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  startEntraEmulator,
  type EntraEmulator,
} from '../../fixtures/entra-emulator/start-entra-emulator.ts';
import type { Claims, TokenFlaws } from '../../fixtures/entra-emulator/signer.ts';
import { makeKey, type NewKey } from '../../src/auth/api-key.ts';
import {
  challengesOf,
  makeAuthenticate,
  type Authenticate,
  type Credentials,
  type AuthenticateOptions,
} from '../../src/auth/authenticate.ts';
import { openKeyFile, type KeyFile } from '../../src/auth/key-file.ts';
import { allRoles, BUILT_IN_ROLES, type Role } from '../../src/auth/roles.ts';
import { makeTokenVerifier } from '../../src/auth/token-verifier.ts';
import { FeedError } from '../../src/base/feed-error.ts';

const NOW = Date.UTC(2026, 10, 20);
const HOUR = 3_600_000;
let directory: EntraEmulator;
let folder: string;
let keyFile: KeyFile;
/** Milliseconds by which the authenticator's clock is ahead. */
let ahead = 0;
const clock = { now: (): Date => new Date(NOW + ahead) };

beforeAll(async () => {
  directory = await startEntraEmulator(() => new Date(NOW));
  folder = mkdtempSync(join(tmpdir(), 'gate-'));
  keyFile = openKeyFile(folder);
});
afterEach(() => {
  ahead = 0;
  directory.setDown(false);
});
afterAll(async () => {
  await directory.stop();
  rmSync(folder, { recursive: true });
});

function gate(options: Partial<AuthenticateOptions> = {}): Authenticate {
  const { url: loginUrl, tenantId, audience } = directory;
  const audiences = [audience.clientId, audience.uri];
  return makeAuthenticate({
    keyFile,
    verifyToken: makeTokenVerifier({ tenantId, loginUrl, audiences }, clock, fetch),
    anonymousRole: null,
    defaultRole: BUILT_IN_ROLES.reader,
    roles: allRoles([]),
    rolesByClaim: new Map<string, Role>([
      ['fleet-analysts', BUILT_IN_ROLES.analyst],
      ['9a1b2c3d-0000-4000-8000-00000000cafe', BUILT_IN_ROLES.auditor],
    ]),
    clock,
    ...options,
  });
}

const NOTHING: Credentials = { authorization: undefined, apiKey: undefined, parameter: undefined };
const bearer = (token: string): Credentials => ({
  ...NOTHING,
  authorization: `Bearer ${token}`,
});

async function refused(authentication: Promise<unknown>): Promise<{ code: string; message: string }> {
  const thrown: unknown = await authentication.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof FeedError)) throw new Error(`Let in, or broken: ${String(thrown)}`);
  return { code: thrown.code, message: thrown.message };
}

describe('a token of the directory', () => {
  test.each<[string, Claims, TokenFlaws, string, string]>([
    ['of a user, v2.0', {}, {}, 'user', 'reader'],
    ['of a user, v1.0, for the App ID URI', {}, { version: '1.0' }, 'user', 'reader'],
    ['for the App ID URI with a slash behind it', { aud: 'api://fleetfeed.example/' }, {}, 'user', 'reader'],
    ['with the scope that Power BI asks for', { scp: 'user_impersonation' }, {}, 'user', 'reader'],
    ['with several scopes', { scp: 'openid get_data_warehouse' }, {}, 'user', 'reader'],
    ['of a user in an app role', { roles: ['fleet-analysts'] }, {}, 'user', 'analyst'],
    ['of a user in a group', { groups: ['9a1b2c3d-0000-4000-8000-00000000cafe'] }, {}, 'user', 'auditor'],
    [
      'of a user in two: the one that sees more',
      { roles: ['fleet-analysts'], groups: ['9a1b2c3d-0000-4000-8000-00000000cafe'] },
      {},
      'user',
      'analyst',
    ],
    ['of an app, v2.0', { scp: undefined, azp: 'app-1', roles: ['get_data_warehouse'] }, {}, 'app', 'reader'],
    [
      'of an app, v1.0',
      { scp: undefined, appid: 'app-1', roles: ['get_data_warehouse'] },
      { version: '1.0' },
      'app',
      'reader',
    ],
    [
      'of an app that has a role of the feed only',
      { scp: undefined, azp: 'app-1', roles: ['fleet-analysts'] },
      {},
      'app',
      'analyst',
    ],
    ['that expired within the skew of clocks', { exp: Math.floor(NOW / 1000) - 120 }, {}, 'user', 'reader'],
  ])('%s is let in', async (_, claims, twist, kind, role) => {
    const caller = await gate()(bearer(directory.issue(claims, twist)));
    expect([caller.kind, caller.role.name]).toEqual([kind, role]);
  });

  test('is accepted where only the configured audience ends in a slash', async () => {
    const { url: loginUrl, tenantId, audience } = directory;
    const verifyToken = makeTokenVerifier(
      { tenantId, loginUrl, audiences: [`${audience.uri}/`] },
      clock,
      fetch,
    );
    const token = directory.issue({ aud: audience.uri });
    await expect(gate({ verifyToken })(bearer(token))).resolves.toMatchObject({ kind: 'user' });
    await expect(
      gate({ verifyToken })(bearer(directory.issue({ aud: `${audience.uri}//` }))),
    ).rejects.toThrow('it is for another service');
  });

  const soon = Math.floor(NOW / 1000);
  test.each<[string, Claims, TokenFlaws, string]>([
    ['without signature', {}, { algorithm: 'none' }, 'it is not signed as'],
    ['signed with the public key as a secret', {}, { algorithm: 'HS256' }, 'it is not signed as'],
    ['that another key signed under a known name', {}, { forged: true }, 'its signature does not hold'],
    ['with a key name that nobody knows', {}, { header: { kid: 'nobody' } }, 'does not know its key'],
    ['with a path for a key name', {}, { header: { kid: '../../etc/passwd' } }, 'does not know its key'],
    ['with a query for a key name', {}, { header: { kid: "' OR 1=1 --" } }, 'does not know its key'],
    [
      'that brings its own key',
      {},
      { header: { jwk: { kty: 'oct', k: 'AA' }, kid: 'own' } },
      'does not know its key',
    ],
    [
      'that says where its key is',
      {},
      { header: { jku: 'http://127.0.0.1:1/keys', kid: 'x' } },
      'does not know its key',
    ],
    ['with a critical extension', {}, { header: { crit: ['exp'] } }, 'it cannot be read'],
    ['for another service', { aud: '00000003-0000-0000-c000-000000000000' }, {}, 'it is for another service'],
    ['for no service', {}, { without: ['aud'] }, 'it is for another service'],
    [
      'whose audience merely begins as ours',
      { aud: 'api://fleetfeed.example.evil' },
      {},
      'it is for another service',
    ],
    ['of another tenant', { tid: '00000000-0000-4000-8000-000000000001' }, {}, 'it is of another tenant'],
    ['of no tenant', {}, { without: ['tid'] }, "its claim 'tid' does not hold"],
    ['of another issuer', { iss: 'https://sts.windows.net/elsewhere/' }, {}, 'another directory issued it'],
    ['of v1.0 with the issuer of v2.0', { ver: '1.0' }, {}, 'another directory issued it'],
    ['of an unknown version', { ver: '3.0' }, {}, 'it is of no version'],
    ['of a version that is a name of objects', { ver: '__proto__' }, {}, 'it is of no version'],
    ['without version', {}, { without: ['ver'] }, 'it is of no version'],
    ['that has expired', { exp: soon - 400 }, {}, 'it has expired'],
    ['that never expires', {}, { without: ['exp'] }, "its claim 'exp' does not hold"],
    ['of tomorrow', { nbf: soon + 86_400 }, {}, 'it is not yet valid'],
    ['without a beginning', {}, { without: ['nbf'] }, 'it is not yet valid'],
    ['whose times are texts', { exp: String(soon + 3600) }, {}, "its claim 'exp' does not hold"],
    ['of a user without id', {}, { without: ['oid'] }, 'it does not say whose it is'],
    [
      'of an app without id',
      { scp: undefined, roles: ['get_data_warehouse'] },
      {},
      'it does not say whose it is',
    ],
  ])('%s is 401, and the message says why', async (_, claims, twist, why) => {
    const { code, message } = await refused(gate()(bearer(directory.issue(claims, twist))));
    expect(code).toBe('auth.required');
    expect(message).toContain(why);
  });

  test.each([
    ['', 'auth.required'],
    ['x', 'auth.required'],
    ['a.b.c', 'auth.required'],
    ['....', 'auth.required'],
    ['eyJhbGciOiJSUzI1NiJ9.e30.', 'auth.required'],
    ['x'.repeat(40_000), 'auth.required'],
  ])('the text %#. is no token', async (text, code) => {
    expect((await refused(gate()(bearer(text)))).code).toBe(code);
  });

  test.each<[string, Claims]>([
    ['without the scope', { scp: 'openid profile' }],
    ['of a user with a role but without the scope', { scp: 'openid', roles: ['fleet-analysts'] }],
    ['of an app without permission', { scp: undefined, azp: 'app-1' }],
    [
      'of an app with the permission of another feed',
      { scp: undefined, azp: 'app-1', roles: ['Other.Read'] },
    ],
    [
      'of an app that puts the permission where users have scopes',
      { scp: undefined, azp: 'app-1', groups: ['get_data_warehouse'] },
    ],
    ['whose roles are one text', { scp: undefined, azp: 'app-1', roles: 'get_data_warehouse' }],
  ])('%s is 403: it is valid and allows nothing here', async (_, claims) => {
    const { code, message } = await refused(gate()(bearer(directory.issue(claims))));
    expect(code).toBe('auth.forbidden');
    const right = 'scp' in claims && claims.scp === undefined ? 'app role' : 'scope';
    expect(message).toContain(`it lacks the ${right} get_data_warehouse or user_impersonation.`);
  });

  test('without a role is 403 where there is no default role', async () => {
    const strict = gate({ defaultRole: null });
    expect((await refused(strict(bearer(directory.issue())))).code).toBe('auth.forbidden');
    expect((await strict(bearer(directory.issue({ roles: ['fleet-analysts'] })))).role.name).toBe('analyst');
  });

  test('with several roles gets the first one of the file, then of the built-in ones', async () => {
    const helpdesk: Role = { name: 'helpdesk', collections: ['devices'], personal: ['serial'] };
    const rolesByClaim = new Map<string, Role>([
      ['auditors', BUILT_IN_ROLES.auditor],
      ['fleet-analysts', BUILT_IN_ROLES.analyst],
      ['helpdesk', helpdesk],
    ]);
    const roleOf = async (...roles: readonly string[]): Promise<Role> =>
      (await gate({ roles: allRoles([helpdesk]), rolesByClaim })(bearer(directory.issue({ roles })))).role;
    expect((await roleOf('auditors', 'fleet-analysts')).name).toBe('analyst');
    expect(await roleOf('auditors', 'fleet-analysts', 'helpdesk')).toEqual(helpdesk);
  });
});

describe('the keys of the directory', () => {
  test('are fetched once for many tokens', async () => {
    const enter = gate();
    const before = directory.keyRequests();
    await Promise.all(Array.from({ length: 20 }, () => enter(bearer(directory.issue()))));
    expect(directory.keyRequests() - before).toBe(1);
  });

  test('are fetched again for an unknown key, but at most every five minutes', async () => {
    const enter = gate();
    await enter(bearer(directory.issue()));
    ahead = 6 * 60_000;
    directory.rotateKeys();
    const token = directory.issue();
    const before = directory.keyRequests();
    await expect(enter(bearer(token))).resolves.toBeDefined();
    for (let i = 0; i < 20; i += 1) {
      await refused(enter(bearer(directory.issue({}, { header: { kid: `made-up-${i}` } }))));
    }
    expect(directory.keyRequests() - before).toBe(1);
  });

  test('stay in use while the directory is down, however long', async () => {
    const enter = gate();
    await enter(bearer(directory.issue()));
    directory.setDown(true);
    ahead = 30 * HOUR;
    const token = directory.issue({ exp: Math.floor((NOW + 31 * HOUR) / 1000) });
    await expect(enter(bearer(token))).resolves.toBeDefined();
    await expect(enter(bearer(token))).resolves.toBeDefined();
  });

  test('that were never fetched lead to Retry-After while the directory is down', async () => {
    const enter = gate();
    directory.setDown(true);
    expect((await refused(enter(bearer(directory.issue())))).code).toBe('feed.unavailable');
    directory.setDown(false);
    ahead = 11_000;
    await expect(enter(bearer(directory.issue()))).resolves.toBeDefined();
  });
});

describe('a key', () => {
  function stored(options: Partial<NewKey> = {}): string {
    const { text, stored: key } = makeKey({
      ...{ label: 'test', role: 'analyst', createdAt: clock.now(), expiresAt: null },
      ...options,
    });
    keyFile.write([...keyFile.keys(), key]);
    return text;
  }

  test.each<[string, (key: string) => Partial<Credentials>]>([
    [
      'as the password of Basic, whatever the name',
      (key) => ({ authorization: `Basic ${btoa(`anyone:${key}`)}` }),
    ],
    ['as a bearer', (key) => ({ authorization: `Bearer ${key}` })],
    ['in X-Api-Key', (key) => ({ apiKey: key })],
    ['as a parameter', (key) => ({ parameter: key })],
  ])('%s is let in', async (_, carried) => {
    const caller = await gate()({ ...NOTHING, ...carried(stored()) });
    expect([caller.kind, caller.role.name]).toEqual(['key', 'analyst']);
    expect(caller.id).toMatch(/^key:[0-9a-f]{12}$/);
  });

  test('is stored only as a salted hash', () => {
    const key = stored();
    const text = JSON.stringify(keyFile.keys());
    expect(text).not.toContain(key.slice(-43));
    expect(new Set(keyFile.keys().map(({ salt }) => salt)).size).toBe(keyFile.keys().length);
  });

  test('is refused as soon as it expires or is revoked', async () => {
    const enter = gate();
    const expiring = stored({ expiresAt: new Date(NOW + HOUR) });
    await expect(enter({ ...NOTHING, apiKey: expiring })).resolves.toBeDefined();
    ahead = HOUR;
    expect((await refused(enter({ ...NOTHING, apiKey: expiring }))).code).toBe('auth.required');

    const revoked = stored();
    await expect(enter({ ...NOTHING, apiKey: revoked })).resolves.toBeDefined();
    const id = revoked.slice(3, 15);
    keyFile.write(
      keyFile
        .keys()
        .map((each) => (each.id === id ? { ...each, revokedAt: clock.now().toISOString() } : each)),
    );
    expect((await refused(enter({ ...NOTHING, apiKey: revoked }))).code).toBe('auth.required');
  });

  test.each<[string, (key: string) => string]>([
    ['with another secret', (key) => `${key.slice(0, -4)}AAAA`],
    ['with another id', (key) => `ff_000000000000_${key.slice(-43)}`],
    ['cut short', (key) => key.slice(0, -1)],
    ['that is too long', (key) => `${key}A`],
    ['that is empty', () => ''],
  ])('%s is refused in the same words', async (_, change) => {
    const { code, message } = await refused(gate()({ ...NOTHING, apiKey: change(stored()) }));
    expect([code, message]).toEqual(['auth.required', 'The key is not known, has expired or was revoked.']);
  });

  test('of a role that was removed is 403, and does not get another role', async () => {
    const { code, message } = await refused(gate()({ ...NOTHING, apiKey: stored({ role: 'helpdesk' }) }));
    expect([code, message]).toEqual([
      'auth.forbidden',
      "The key is for the role 'helpdesk', which is no longer there.",
    ]);
  });
});

describe('without credentials', () => {
  test('a request is refused, unless a setting gives anonymous callers a role', async () => {
    expect((await refused(gate()(NOTHING))).code).toBe('auth.required');
    expect((await gate({ anonymousRole: BUILT_IN_ROLES.analyst })(NOTHING)).kind).toBe('anonymous');
  });

  test('bad credentials are refused even where none are needed', async () => {
    const open = gate({ anonymousRole: BUILT_IN_ROLES.analyst });
    expect((await refused(open(bearer('nonsense')))).code).toBe('auth.required');
    expect((await refused(open({ ...NOTHING, authorization: 'Bearer' }))).code).toBe('auth.required');
  });

  test('any credentials are accepted where none are configured, as in a demo whose scripts send a token', async () => {
    const empty = openKeyFile(join(folder, 'nobody'));
    const demo = gate({ anonymousRole: BUILT_IN_ROLES.analyst, verifyToken: null, keyFile: empty });
    expect((await demo(bearer('abc'))).kind).toBe('anonymous');
    const closed = gate({ verifyToken: null, keyFile: empty });
    expect((await refused(closed(bearer('abc')))).code).toBe('auth.required');
    expect(
      (await refused(gate({ anonymousRole: BUILT_IN_ROLES.analyst, verifyToken: null })(bearer('abc')))).code,
    ).toBe('auth.required');
  });

  test.each([
    [{ authorization: 'Bearer a', apiKey: 'b' }],
    [{ apiKey: 'a', parameter: 'b' }],
    [{ authorization: 'Basic a', parameter: 'b' }],
  ])('two credentials at once are refused: %j', async (carried) => {
    const { message } = await refused(gate()({ ...NOTHING, ...carried }));
    expect(message).toContain('more than one');
  });

  test.each(['Digest username="x"', 'Negotiate abc', 'constructor x', ''])(
    '%j is not accepted',
    async (authorization) => {
      expect((await refused(gate()({ ...NOTHING, authorization }))).code).toBe('auth.required');
    },
  );

  test('the challenges say where to sign in, and offer Basic', () => {
    expect(challengesOf({ loginUrl: 'https://login.microsoftonline.com', tenantId: 't' })).toEqual([
      'Bearer authorization_uri="https://login.microsoftonline.com/t/oauth2/authorize"',
      'Basic realm="Fleetfeed", charset="UTF-8"',
    ]);
    expect(challengesOf(null)).toHaveLength(1);
  });
});
