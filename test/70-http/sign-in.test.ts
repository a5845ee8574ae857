// The feed on a network: authentication over HTTP, what each role sees, and what is never logged.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfidentialClientApplication } from '@azure/msal-node';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  startEntraEmulator,
  type EntraEmulator,
} from '../../fixtures/entra-emulator/start-entra-emulator.ts';
import { APP_SECRET } from '../../fixtures/entra-emulator/token-endpoint.ts';
import { makeKey } from '../../src/auth/api-key.ts';
import { openKeyFile } from '../../src/auth/key-file.ts';
import { midnightOf } from '../../src/base/date-key.ts';
import { startProxy } from '../60-etl/start-proxy.ts';
import { makeTestWarehouse, startTestFeed, TODAY, type TestFeed } from './test-feed.ts';

let warehouse: Awaited<ReturnType<typeof makeTestWarehouse>>;
let directory: EntraEmulator;
let feed: TestFeed;
const keyOf: Record<string, string> = {};

beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  directory = await startEntraEmulator(() => midnightOf(TODAY));
  const made = ['reader', 'analyst', 'auditor', 'operator'].map((role) => {
    const key = makeKey({ label: role, role, createdAt: midnightOf(TODAY), expiresAt: null });
    keyOf[role] = key.text;
    return key.stored;
  });
  openKeyFile(warehouse.data).write(made);
  feed = await startTestFeed({
    data: warehouse.data,
    anonymous: 'never',
    audiences: [directory.audience.clientId, directory.audience.uri],
    tenantId: directory.tenantId,
    loginUrl: directory.url,
    keyParameter: 'code',
  });
});
afterAll(async () => {
  await feed.stop();
  await directory.stop();
  warehouse.remove();
});

const as = (role: string): Record<string, string> => ({ 'x-api-key': keyOf[role] ?? '' });

describe('without credentials', () => {
  test.each(['/', '/v1.0', '/v1.0/$metadata', '/beta/devices', '/beta/$batch', '/nowhere'])(
    '%s is 401 with the ways in, one line each',
    async (path) => {
      const { status, headers, body } = await feed.raw(path);
      expect(status).toBe(401);
      expect(JSON.parse(body.toString()).error.code).toBe('auth.required');
      expect(headers['www-authenticate']).toContain('authorization_uri=');
    },
  );

  test('each challenge is a header line of its own', async () => {
    const response = await fetch(`${feed.base}/v1.0`);
    // fetch joins header lines with a comma and a blank; each challenge begins with its scheme.
    const line = response.headers.get('www-authenticate') ?? '';
    expect(line.split(/, (?=Basic)/)).toEqual([
      `Bearer authorization_uri="${directory.url}/${directory.tenantId}/oauth2/authorize"`,
      'Basic realm="Fleetfeed", charset="UTF-8"',
    ]);
  });

  test('Power BI learns from its empty Bearer request where to sign in', async () => {
    const { status, headers } = await feed.get('/v1.0', { authorization: 'Bearer' });
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer authorization_uri="http/);
  });

  test.each(['/-/live', '/-/ready'])('%s answers without credentials', async (path) => {
    expect((await feed.get(path)).status).toBe(200);
  });
});

describe('with credentials', () => {
  test('a user signs in and reads', async () => {
    const { status, json } = await feed.get('/v1.0/devices?$top=1', {
      authorization: `Bearer ${directory.issue()}`,
    });
    expect([status, json.value.length]).toEqual([200, 1]);
  });

  test('an app gets its token by MSAL, as scripts do', async () => {
    const tenant = `${directory.url}/${directory.tenantId}`;
    const app = new ConfidentialClientApplication({
      auth: {
        clientId: '11111111-2222-4333-8444-555555555555',
        clientSecret: APP_SECRET,
        authority: tenant.replace('http:', 'https:'),
        knownAuthorities: [new URL(tenant).host],
        authorityMetadata: JSON.stringify({
          issuer: `${tenant}/v2.0`,
          authorization_endpoint: `${tenant}/oauth2/v2.0/authorize`,
          token_endpoint: `${tenant}/oauth2/v2.0/token`,
          jwks_uri: `${tenant}/discovery/v2.0/keys`,
        }),
      },
    });
    const got = await app.acquireTokenByClientCredential({ scopes: [`${directory.audience.uri}/.default`] });
    const { status } = await feed.get('/v1.0/devices/$count', {
      authorization: `Bearer ${got?.accessToken ?? ''}`,
    });
    expect(status).toBe(200);
  });

  test('a valid token without the scope or app role is 403, which does not ask for other credentials', async () => {
    const { status, json, headers } = await feed.get('/v1.0/devices', {
      authorization: `Bearer ${directory.issue({ scp: 'openid' })}`,
    });
    expect([status, json.error.code]).toEqual([403, 'auth.forbidden']);
    expect(headers.get('www-authenticate')).toBeNull();
  });

  test('a key in the address is accepted, and appears in no link, ETag or log line', async () => {
    const key = keyOf['analyst'] ?? '';
    const { status, text, json } = await feed.get(`/beta/devices?$select=deviceKey&code=${key}&$top=7`, {
      prefer: 'maxpagesize=3',
    });
    expect([status, json.value.length]).toEqual([200, 3]);
    expect(text).not.toContain(key.slice(-20));
    expect(json['@odata.nextLink']).not.toContain('code=');
    const next = await feed.get(`${json['@odata.nextLink'].replace(feed.base, '')}&code=${key}`, {
      prefer: 'maxpagesize=3',
    });
    expect(next.status).toBe(200);
    expect(JSON.stringify(feed.observations)).not.toContain(key.slice(-20));
    const failed = await feed.get(`/beta/nowhere?code=${key}`);
    expect(failed.text).not.toContain(key.slice(-20));
  });
});

describe('a reader', () => {
  test('finds no column about a person in $metadata, as XML and as JSON', async () => {
    for (const format of ['xml', 'json']) {
      const { text } = await feed.get(`/beta/$metadata?$format=${format}`, as('reader'));
      expect(text).toContain('osVersion');
      expect(text).not.toMatch(/serialNumber|userPrincipalName|phoneNumber/);
    }
  });

  test.each([
    '/beta/devices?$select=serialNumber',
    "/beta/devices?$filter=serialNumber eq 'x'",
    "/beta/devices?$filter=startswith(serialNumber,'a')",
    '/beta/devices?$orderby=serialNumber',
    '/beta/devices?$compute=serialNumber as s',
    '/beta/devices?$apply=groupby((serialNumber))',
    '/beta/devices?$apply=aggregate(serialNumber with max as s)',
    "/beta/users?$filter=devices/any(d:d/serialNumber eq 'x')",
    '/beta/users?$expand=devices($select=serialNumber)',
    '/beta/devices(1)/serialNumber',
    '/beta/devices(1)/serialNumber/$value',
    '/v1.0/devices?$select=serialNumber',
  ])('cannot name a hidden column, nor learn that it is there: %s', async (path) => {
    const hidden = await feed.get(path, as('reader'));
    const made = await feed.get(path.replaceAll('serialNumber', 'zzz0Number'), as('reader'));
    expect(hidden.status).toBeGreaterThanOrEqual(400);
    expect(hidden.status).toBe(made.status);
    expect(hidden.text.replaceAll('serialNumber', 'zzz0Number').replaceAll(/Did you mean [^?]*\?/g, '')).toBe(
      made.text.replaceAll(/Did you mean [^?]*\?/g, ''),
    );
  });

  test('finds nothing by words in hidden columns', async () => {
    const { json } = await feed.get(
      '/beta/devices?$select=serialNumber&$filter=serialNumber ne null&$top=1',
      as('analyst'),
    );
    const word = encodeURIComponent(`"${json.value[0].serialNumber}"`);
    expect((await feed.get(`/beta/devices/$count?$search=${word}`, as('analyst'))).text).toBe('1');
    expect((await feed.get(`/beta/devices/$count?$search=${word}`, as('reader'))).text).toBe('0');
  });

  test('gets rows without them, and another ETag', async () => {
    const [reader, analyst] = await Promise.all(
      ['reader', 'analyst'].map((role) => feed.get('/beta/devices?$top=2', as(role))),
    );
    expect(Object.keys(reader?.json.value[0])).not.toContain('serialNumber');
    expect(Object.keys(analyst?.json.value[0])).toContain('serialNumber');
    expect(reader?.headers.get('etag')).not.toBe(analyst?.headers.get('etag'));
    const crossed = await feed.get('/beta/devices?$top=2', {
      ...as('reader'),
      'if-none-match': analyst?.headers.get('etag') ?? '',
    });
    expect(crossed.status).toBe(200);
  });

  test('cannot continue the pages of a caller who sees more', async () => {
    const { json } = await feed.get('/beta/devices?$orderby=serialNumber', {
      ...as('analyst'),
      prefer: 'maxpagesize=2',
    });
    const { status } = await feed.get(json['@odata.nextLink'].replace(feed.base, ''), as('reader'));
    expect(status).toBe(400);
  });
});

describe('roles', () => {
  test.each([
    ['analyst', 200, 200, 200],
    ['reader', 200, 200, 200],
    ['auditor', 200, 404, 200],
    ['operator', 404, 404, 404],
  ])('%s: devices %d, users %d, encryption %d', async (role, devices, users, encryption) => {
    const statuses = await Promise.all(
      ['devices', 'users', 'deviceEncryptionStates'].map(
        async (set) => (await feed.get(`/beta/${set}?$top=1`, as(role))).status,
      ),
    );
    expect(statuses).toEqual([devices, users, encryption]);
  });

  test('the service document lists what a role sees', async () => {
    const { json } = await feed.get('/beta', as('auditor'));
    const names = json.value.map(({ name }: { name: string }) => name);
    expect(names).toContain('devices');
    expect(names).not.toContain('users');
  });
});

test('the keys of the directory are fetched through the configured proxy, and without it nobody signs in', async () => {
  const proxy = await startProxy(directory.url);
  const { data } = warehouse;
  const { url: loginUrl, tenantId, audience } = directory;
  const audiences = [audience.clientId];
  const signIn = { data, anonymous: 'never', audiences, tenantId, loginUrl } as const;
  const behind = await startTestFeed({ ...signIn, proxy: proxy.url('megan:secret@') });
  const cutOff = await startTestFeed({ ...signIn, proxy: 'http://127.0.0.1:9' });
  try {
    const headers = { authorization: `Bearer ${directory.issue()}` };
    expect((await behind.get('/v1.0/devices?$top=1', headers)).status).toBe(200);
    const basic = `Basic ${Buffer.from('megan:secret').toString('base64')}`;
    expect(new Set(proxy.tunnels)).toEqual(new Set([`${basic} ${new URL(directory.url).host}`]));
    expect((await cutOff.get('/v1.0/devices?$top=1', headers)).json.error.code).toBe('feed.unavailable');
  } finally {
    await Promise.all([behind.stop(), cutOff.stop()]);
    await proxy.stop();
  }
});

test('the feed serves TLS with the configured certificate', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name)) as [string, string];
  const words = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
  execFileSync('openssl', [...words, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const secure = await startTestFeed({ data: warehouse.data, tlsCert: cert, tlsKey: key });
  try {
    expect(secure.base).toMatch(/^https:/);
    const status = await new Promise((resolve, reject) => {
      request(`${secure.base}/v1.0`, { rejectUnauthorized: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
    await expect(startTestFeed({ data: warehouse.data, tlsCert: cert })).rejects.toMatchObject({
      code: 'setup.bad-setting',
    });
  } finally {
    await secure.stop();
    rmSync(folder, { recursive: true });
  }
});
