// Connections: slow clients, TLS, and pages of other origins.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import express from 'express';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Observation } from '../../src/base/observation.ts';
import { listen, type RunningServer } from '../../src/http/server/listen.ts';
import { readSettings } from '../../src/settings/read-settings.ts';
import { makeTestWarehouse, startTestFeed, type TestFeed } from './test-feed.ts';

const TIMEOUTS = { headers: 300, request: 600, idle: 5000, checkInterval: 50, certificateInterval: 50 };

describe('a client that sends too slowly', () => {
  let server: RunningServer;
  beforeAll(async () => {
    const app = express();
    app.use((request, response) => {
      request.on('end', () => response.end('{}'));
      request.resume();
    });
    const where = { host: '127.0.0.1', port: 0, tlsCert: null, tlsKey: null };
    server = await listen(app, where, () => undefined, TIMEOUTS);
  });
  afterAll(() => server.stop(0));

  /** The answer to a client that sends a byte now and then, until the server closes the connection. */
  async function drip(begin: string, each: string): Promise<string> {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const received: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    socket.on('error', () => undefined);
    socket.write(begin);
    const timer = setInterval(() => socket.write(each), 20);
    await once(socket, 'close');
    clearInterval(timer);
    return Buffer.concat(received).toString();
  }

  test.each([
    ['its headers', 'GET / HTTP/1.1\r\nHost: x\r\n', 'X-A: 1\r\n'],
    ['its first line', 'GET /', 'a'],
    ['its body', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n', 'a'],
    ['its chunks', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\na\r\n'],
  ])('with %s gets 408 and is disconnected', async (_, begin, each) => {
    const startedAt = performance.now();
    const answer = await drip(begin, each);
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({
      error: { code: 'limit.too-slow' },
    });
    expect(performance.now() - startedAt).toBeLessThan(4000);
  });
});

describe('over TLS', () => {
  let folder: string;
  const observations: Observation[] = [];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fleetfeed-tls-'));
    for (const name of ['first', 'second']) {
      const files = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.cert`)];
      const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
      execFileSync('openssl', ['req', ...kind, '-subj', `/CN=${name}.example`, ...files], {
        stdio: 'ignore',
      });
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const install = (name: string): void => {
    for (const end of ['key', 'cert'])
      copyFileSync(join(folder, `${name}.${end}`), join(folder, `tls.${end}`));
  };
  const shown = (server: RunningServer): Promise<string> =>
    new Promise((resolve, reject) => {
      const { port } = new URL(server.url);
      const socket = connectTls({ host: '127.0.0.1', port: Number(port), rejectUnauthorized: false }, () => {
        resolve(String(socket.getPeerCertificate().subject.CN));
        socket.destroy();
      }).on('error', reject);
    });
  const problemsReported = async (count: number): Promise<readonly unknown[]> => {
    const end = performance.now() + 5000;
    while (observations.length < count && performance.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 20));
    return observations.map((each) => each.kind === 'server.certificate' && each.problem);
  };

  test('a new certificate is used without a restart, and a broken one is not', async () => {
    install('first');
    const files = { tlsCert: join(folder, 'tls.cert'), tlsKey: join(folder, 'tls.key') };
    const where = { host: '127.0.0.1', port: 0, ...files };
    const server = await listen(express(), where, (each) => observations.push(each), TIMEOUTS);
    try {
      expect(await shown(server)).toBe('first.example');
      writeFileSync(files.tlsCert, 'This is no certificate.');
      expect(await problemsReported(1)).toEqual([expect.stringContaining('do not match')]);
      expect(await shown(server)).toBe('first.example');
      install('second');
      while ((await problemsReported(2)).at(-1) !== null)
        await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await shown(server)).toBe('second.example');
    } finally {
      await server.stop(0);
    }
  });
});

describe('a page of another origin', () => {
  let warehouse: Awaited<ReturnType<typeof makeTestWarehouse>>;
  let feed: TestFeed;
  const TOOL = 'https://tool.example';
  const ASKS_FIRST = {
    'access-control-request-method': 'GET',
    'access-control-request-headers': 'x-api-key,prefer',
  };
  beforeAll(async () => {
    warehouse = await makeTestWarehouse();
  });
  afterEach(() => feed.stop());
  afterAll(() => warehouse.remove());

  const open = async (...corsOrigins: string[]): Promise<TestFeed> =>
    (feed = await startTestFeed({ data: warehouse.data, corsOrigins }));

  test('is allowed when it is configured, before it sends credentials', async () => {
    await open(TOOL);
    const preflight = await feed.get('/beta/devices', { origin: TOOL, ...ASKS_FIRST }, 'OPTIONS');
    expect([preflight.status, preflight.text]).toEqual([204, '']);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(TOOL);
    expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('x-api-key');
    const { status, headers } = await feed.get('/v1.0/devices?$top=1', { origin: TOOL });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([200, TOOL]);
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    expect(headers.get('vary')).toMatch(/\bOrigin\b/);
  });

  test.each(['https://evil.example', 'https://tool.example.evil.example', 'http://tool.example', 'null', ''])(
    'is not when another is: %j',
    async (origin) => {
      await open(TOOL);
      const preflight = await feed.get('/beta/devices', { origin, ...ASKS_FIRST }, 'OPTIONS');
      expect(preflight.status).toBe(405);
      const { headers } = await feed.get('/v1.0/devices?$top=1', { origin });
      expect([preflight.headers, headers].map((each) => each.get('access-control-allow-origin'))).toEqual([
        null,
        null,
      ]);
      // A cache must not give one origin's answer to another.
      expect(headers.get('vary')).toMatch(/\bOrigin\b/);
    },
  );

  test('is not allowed by default', async () => {
    await open();
    expect((await feed.get('/beta/devices', { origin: TOOL, ...ASKS_FIRST }, 'OPTIONS')).status).toBe(405);
    const { headers } = await feed.get('/v1.0/devices?$top=1', { origin: TOOL });
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
  });

  test.each(['*', 'tool.example', 'https://tool.example/path', 'https://', 'null'])(
    'cannot be named as %j',
    async (written) => {
      await open();
      const flags = new Map([['corsOrigins' as const, written]]);
      expect(() => readSettings({ flags, environment: {} })).toThrow('--cors-origins must be origins');
    },
  );
});

test('a client that uses TLS gets Strict-Transport-Security for a year, also behind a trusted proxy', async () => {
  const warehouse = await makeTestWarehouse();
  const feed = await startTestFeed({
    data: warehouse.data,
    anonymous: 'allow',
    trustedProxies: ['loopback'],
  });
  try {
    const hsts = async (headers: Record<string, string>): Promise<string | null> =>
      (await feed.get('/v1.0', headers)).headers.get('strict-transport-security');
    expect(await hsts({ 'x-forwarded-proto': 'https' })).toBe('max-age=31536000');
    expect(await hsts({})).toBeNull();
  } finally {
    await feed.stop();
    warehouse.remove();
  }
});
