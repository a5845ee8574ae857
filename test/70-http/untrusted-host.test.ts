// A feed without credentials answers under its own names only, so that no web page can read it under another name.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { refuseUntrustedHost } from '../../src/auth/refuse-untrusted-host.ts';
import { makeTestWarehouse, startTestFeed, type TestFeed } from './test-feed.ts';
import { sendRawRequest } from './send-raw-request.ts';

const LOOPBACK = { anonymous: 'loopback', publicUrl: null } as const;
const strange = expect.objectContaining({ code: 'request.strange-host', target: 'Host' });

describe('a Host', () => {
  test.each([
    '127.0.0.1',
    '127.0.0.1:4004',
    '127.8.8.8',
    'localhost',
    'LocalHost:4004',
    '[::1]',
    '[::1]:4004',
  ])('%s is this machine', (host) => expect(() => refuseUntrustedHost(host, LOOPBACK)).not.toThrow());

  test.each([
    'evil.example',
    'evil.example:4004',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1@evil.example',
    'evil.example:80:4004',
    '192.168.1.4',
    '[::ffff:10.0.0.1]',
    '',
  ])('%j is strange', (host) => expect(() => refuseUntrustedHost(host, LOOPBACK)).toThrow(strange));

  test('of the public URL is accepted, with any port', () => {
    const known = { ...LOOPBACK, publicUrl: 'https://Fleet.example/warehouse' };
    expect(() => refuseUntrustedHost('fleet.example', known)).not.toThrow();
    expect(() => refuseUntrustedHost('FLEET.example:443', known)).not.toThrow();
    expect(() => refuseUntrustedHost('evil.example', known)).toThrow(strange);
  });

  test('may be any where anonymous reading is allowed explicitly', () => {
    expect(() => refuseUntrustedHost('fleet.example', { ...LOOPBACK, anonymous: 'allow' })).not.toThrow();
  });

  test('that is missing is accepted: a browser always sends one', () => {
    expect(() => refuseUntrustedHost(undefined, LOOPBACK)).not.toThrow();
  });
});

describe('a running feed', () => {
  let warehouse: Awaited<ReturnType<typeof makeTestWarehouse>>;
  let feed: TestFeed;
  beforeAll(async () => {
    warehouse = await makeTestWarehouse();
    feed = await startTestFeed({ data: warehouse.data });
  });
  afterAll(async () => {
    await feed.stop();
    warehouse.remove();
  });

  test.each(['/', '/-/ready', '/v1.0', '/v1.0/$metadata', '/v1.0/devices', '/beta/devices(1)/deviceName'])(
    'gives nothing of %s away under a strange name',
    async (path) => {
      const { status, json } = await feed.get(path, { host: 'evil.example' });
      expect([status, json.error.code]).toEqual([400, 'request.strange-host']);
      expect(json.error.message).toContain('--public-url');
    },
  );

  test.each([
    ['our address, whatever Host was sent', (base: string) => base, '200 '],
    ['a strange one, and the Host is ours', () => 'http://evil.example', '400 request.strange-host'],
    ['one that is none', () => 'http://127.0.0.1:x', '400 request.strange-host'],
  ])('is asked with the whole address: %s', async (_, origin, expected) => {
    const host = expected === '200 ' ? 'evil.example' : new URL(feed.base).host;
    const line = `GET ${origin(feed.base)}/v1.0/devices?$top=1`;
    const { status, code, body } = await sendRawRequest(feed.base, { line, headers: [`Host: ${host}`] });
    expect(`${status} ${code}`).toBe(expected);
    expect(body).not.toContain(`evil.example/`);
  });
});
