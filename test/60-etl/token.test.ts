// Tokens by every kind of credential, from a directory on loopback.
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Credential } from '../../etl/graph/sign-in/credential.ts';
import { makeTokenSource, type TokenSource } from '../../etl/graph/sign-in/token-source.ts';
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import {
  startGraphEmulator,
  type GraphEmulator,
} from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';

const PEM = readFileSync(
  new URL('../../fixtures/graph-emulator/demo-certificate.pem', import.meta.url),
  'utf8',
);
const ASSERTION = 'what.the-platform.says';
const { tenantId, clientId } = DEMO_CREDENTIALS;

let emulator: GraphEmulator;
let requests: string[];
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fleetfeed-token-'));
  emulator = await startGraphEmulator({
    tenant: makeTenant({ seed: 1, devices: 1, firstDateKey: 20261119 }),
    credentials: {
      ...DEMO_CREDENTIALS,
      certificate: PEM,
      trustsCertificateName: true,
      trustedAssertion: ASSERTION,
    },
    onRequest: (_, url) => requests.push(url),
  });
});
beforeEach(() => {
  requests = [];
});
afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true });
});

const cloud = () => ({ loginUrl: emulator.url, graphUrl: emulator.url });
const source = (change: Partial<Credential> = {}) =>
  makeTokenSource({ ...DEMO_CREDENTIALS, ...cloud(), ...change });
const certificate = { certificate: PEM, password: null, sendCertificateChain: true };
const app = (proof: object): TokenSource =>
  makeTokenSource({ tenantId, clientId, ...cloud(), ...proof } as Credential);

const isTaken = async (token: string): Promise<boolean> => {
  const answer = await fetch(`${emulator.url}/v1.0/users?$top=1`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return answer.status === 200;
};

async function failureOf(tokens: TokenSource): Promise<unknown> {
  return tokens.accessToken().then(
    () => null,
    (error: unknown) => error,
  );
}

describe('a token', () => {
  test('is requested once and then cached', async () => {
    const tokens = source();
    expect(await tokens.accessToken()).toBe(await tokens.accessToken());
    expect(requests).toHaveLength(1);
  });

  test('is requested once however many need it at the same time', async () => {
    const tokens = source();
    const all = await Promise.all(Array.from({ length: 9 }, () => tokens.accessToken()));
    expect(new Set(all).size).toBe(1);
    expect(requests).toHaveLength(1);
  });

  test('is renewed once however many were refused it, and the new one is cached', async () => {
    const tokens = source();
    const old = await tokens.accessToken();
    const renewed = await Promise.all(Array.from({ length: 9 }, () => tokens.renewToken(old)));
    expect(new Set(renewed).size).toBe(1);
    expect(renewed[0]).not.toBe(old);
    expect(await tokens.accessToken()).toBe(renewed[0]);
    expect(await tokens.renewToken(old)).toBe(renewed[0]);
    expect(requests).toHaveLength(2);
  });

  test.each<[string, object, string, string]>([
    ['a wrong secret', { clientSecret: 'wrong' }, 'invalid_client', 'client secret'],
    [
      'an unknown client',
      { clientSecret: 'x', clientId: '00000000-1111-4222-8333-444444444444' },
      'unauthorized_client',
      'client id',
    ],
    [
      'a certificate that is not shown to a directory that trusts its name',
      { ...certificate, sendCertificateChain: false },
      'invalid_client',
      'certificate',
    ],
  ])('is refused for %s, and the message holds no secret', async (_, proof, reason, hint) => {
    const failure = await failureOf(app(proof));
    expect(failure).toMatchObject({
      code: 'feed.source-refused',
      message: expect.stringContaining(reason),
      hint: expect.stringContaining(hint),
    });
    expect(String(failure)).not.toContain('wrong');
  });

  test('is unavailable where nobody answers', async () => {
    expect(await failureOf(source({ loginUrl: 'http://127.0.0.1:9' }))).toMatchObject({
      code: 'feed.source-unavailable',
    });
  });

  test('is never requested over plain http beyond loopback', () => {
    expect(() => source({ loginUrl: 'http://login.example.com' })).toThrow(/in the clear/);
  });
});

describe('an app signs in', () => {
  test('with a certificate, whose key never leaves this machine', async () => {
    expect(await isTaken(await app(certificate).accessToken())).toBe(true);
  });

  test('with a certificate whose key is encrypted', async () => {
    const key = createPrivateKey(PEM).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'open sesame',
    });
    const locked = `${String(key)}${PEM.slice(PEM.indexOf('-----BEGIN CERTIFICATE'))}`;
    const tokens = app({ certificate: locked, password: 'open sesame', sendCertificateChain: true });
    expect(await isTaken(await tokens.accessToken())).toBe(true);
    expect(() => app({ certificate: locked, password: 'sesame', sendCertificateChain: true })).toThrow(
      /cannot be used/,
    );
  });

  test.each([['no PEM at all'], [PEM.slice(0, PEM.indexOf('-----BEGIN CERTIFICATE'))]])(
    'not with a certificate that lacks its key, or a key that lacks its certificate',
    (text) => {
      expect(() => app({ ...certificate, certificate: text })).toThrow(
        expect.objectContaining({ code: 'setup.bad-setting' }),
      );
    },
  );

  test('with the federated token of another platform, read from its file each time', async () => {
    const assertionFile = join(folder, 'assertion');
    const tokens = app({ assertionFile });
    expect(await failureOf(tokens)).toMatchObject({
      code: 'feed.source-unavailable',
      message: expect.stringContaining(assertionFile),
    });
    writeFileSync(assertionFile, 'out.of-date.by-now');
    expect(await failureOf(tokens)).toMatchObject({ code: 'feed.source-refused' });
    writeFileSync(assertionFile, `${ASSERTION}\n`);
    expect(await isTaken(await tokens.accessToken())).toBe(true);
  });
});

describe('a machine in Azure', () => {
  beforeAll(() => {
    process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST = emulator.url;
  });
  afterAll(() => {
    delete process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST;
  });
  const machine = (managedIdentity: string) => makeTokenSource({ ...cloud(), managedIdentity });

  test.each([['system'], [clientId]])(
    'signs in as the managed identity %s without a secret',
    async (identity) => {
      const tokens = machine(identity);
      const token = await tokens.accessToken();
      expect(await isTaken(token)).toBe(true);
      expect(requests[0]).toContain(`resource=${encodeURIComponent(emulator.url)}`);
      expect(requests[0]?.includes('client_id')).toBe(identity !== 'system');
      expect(await tokens.renewToken(token)).not.toBe(token);
    },
  );

  test('is refused an identity that is not assigned to it', async () => {
    const unassigned = '00000000-1111-4222-8333-444444444444';
    expect(await failureOf(machine(unassigned))).toMatchObject({
      code: 'feed.source-refused',
      message: expect.stringContaining(unassigned),
      hint: expect.stringContaining('assigned'),
    });
  });
});
