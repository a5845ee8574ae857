// How bodies are sent: compressed or not, fair to other clients, and never silently short.
import { randomBytes } from 'node:crypto';
import { createServer, get, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import express from 'express';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer, BodyPart } from '../../src/http/answer.ts';
import { sendAnswer, type SendOptions } from '../../src/http/server/send-answer.ts';
import { createRequestContext } from '../../src/http/request/request-context.ts';

const ROWS = Buffer.from('x'.repeat(100_000));
const body = async function* (parts: number, failAt = Infinity): AsyncGenerator<BodyPart> {
  for (let part = 0; part < parts; part += 1) {
    if (part === failAt) throw new Error('The disk is gone.');
    yield await Promise.resolve({ bytes: Buffer.from(ROWS), rows: 10 });
  }
};

/** Endless and incompressible. */
const noise = async function* (): AsyncGenerator<BodyPart> {
  for (;;) yield await Promise.resolve({ bytes: randomBytes(100_000), rows: 10 });
};

let server: Server;
let port: number;
const seen: unknown[] = [];
let made: () => Answer = () => ({ status: 204, headers: {}, body: null });
let sending: Pick<SendOptions, 'contentEncoding' | 'wantsBody'> & Partial<SendOptions> = {
  contentEncoding: 'identity',
  wantsBody: true,
};

beforeAll(async () => {
  const app = express();
  app.get('/small', (_, response) => response.send('{}'));
  app.get('/never', (request, response) => void createRequestContext(request, response));
  app.get('/', async (request, response) => {
    const { signal } = createRequestContext(request, response);
    const sent = { rows: 0, bytes: 0 };
    const onPart = (rows: number, bytes: number): void => {
      sent.rows += rows;
      sent.bytes += bytes;
    };
    await sendAnswer(made(), response, { stallMs: 5000, signal, ...sending, onPart }).then(
      () => seen.push(sent),
      (error: unknown) => {
        seen.push(error);
        response.destroy();
      },
    );
  });
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

interface Received {
  readonly whole: boolean;
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, unknown>>;
}

const receive = (path = '/'): Promise<Received> =>
  new Promise((resolve, reject) => {
    get({ port, path, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => undefined);
      response.on('close', () =>
        resolve({ whole: response.complete, bytes: Buffer.concat(chunks), headers: response.headers }),
      );
    }).on('error', reject);
  });

describe('a body', () => {
  test.each(['identity', 'gzip'] as const)('arrives complete and is counted (%s)', async (encoding) => {
    made = () => ({ status: 200, headers: {}, body: body(7) });
    sending = { contentEncoding: encoding, wantsBody: true };
    const { whole, bytes } = await receive();
    expect(whole).toBe(true);
    expect(encoding === 'gzip' ? gunzipSync(bytes).length : bytes.length).toBe(700_000);
    expect(seen.at(-1)).toEqual({ rows: 70, bytes: 700_000 });
  });

  test.each(['identity', 'gzip'] as const)(
    'that fails half-way breaks the transfer (%s)',
    async (encoding) => {
      made = () => ({ status: 200, headers: {}, body: body(50, 20) });
      sending = { contentEncoding: encoding, wantsBody: true };
      expect((await receive()).whole).toBe(false);
      expect(seen.at(-1)).toEqual(expect.objectContaining({ message: 'The disk is gone.' }));
    },
  );

  test('that is not streamed has a length, and is compressed where that pays', async () => {
    made = () => ({ status: 200, headers: {}, body: ROWS });
    sending = { contentEncoding: 'gzip', wantsBody: true };
    const { headers, bytes } = await receive();
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', 'content-length': String(bytes.length) });
    made = () => ({ status: 200, headers: {}, body: Buffer.from('{}') });
    expect((await receive()).headers).toMatchObject({ 'content-length': '2' });
  });

  test.each(['identity', 'gzip'] as const)(
    'that never ends lets small requests through, and its source is left when the client goes (%s)',
    async (encoding) => {
      const closed = Promise.withResolvers<boolean>();
      const endless = async function* (): AsyncGenerator<BodyPart> {
        try {
          yield* body(Infinity);
        } finally {
          closed.resolve(true);
        }
      };
      made = () => ({ status: 200, headers: {}, body: endless() });
      sending = { contentEncoding: encoding, wantsBody: true };
      const asking = get({ port, agent: false }, (response) => response.resume());
      asking.on('error', () => undefined);
      await new Promise((resolve) => setTimeout(resolve, 50));
      const startedAt = performance.now();
      await receive('/small');
      expect(performance.now() - startedAt).toBeLessThan(500);
      asking.destroy();
      expect(await closed.promise).toBe(true);
    },
  );

  test.each(['identity', 'gzip'] as const)(
    'is left with its client when it waits behind another answer on its connection (%s)',
    async (encoding) => {
      const [begun, closed] = [Promise.withResolvers<boolean>(), Promise.withResolvers<boolean>()];
      const endless = async function* (): AsyncGenerator<BodyPart> {
        try {
          begun.resolve(true);
          yield* body(Infinity);
        } finally {
          closed.resolve(true);
        }
      };
      made = () => ({ status: 200, headers: {}, body: endless() });
      sending = { contentEncoding: encoding, wantsBody: true };
      const socket = connect(port, '127.0.0.1');
      socket.write(['/never', '/'].map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''));
      await begun.promise;
      socket.destroy();
      expect(await closed.promise).toBe(true);
    },
  );

  test.each([
    ['a stream', 'identity', () => body(Infinity)],
    ['a compressed stream', 'gzip', () => noise()],
    ['one large piece', 'identity', () => Buffer.alloc(64 * 1024 * 1024)],
  ] as const)('%s is broken off when its client takes nothing any more', async (_, contentEncoding, make) => {
    made = () => ({ status: 200, headers: {}, body: make() });
    sending = { contentEncoding, wantsBody: true, stallMs: 200 };
    const { promise, resolve } = Promise.withResolvers<boolean>();
    get({ port, agent: false }, (response) => {
      response.once('data', () => {
        response.pause();
        setTimeout(() => response.resume(), 1000);
      });
      response.on('error', () => undefined);
      response.on('close', () => resolve(response.complete));
    }).on('error', () => undefined);
    expect(await promise).toBe(false);
  });

  test.each(['identity', 'gzip'] as const)(
    'waits as long as it must for rows that are slow to read: that is not the client’s fault (%s)',
    async (contentEncoding) => {
      const slow = async function* (): AsyncGenerator<BodyPart> {
        for (let part = 0; part < 3; part += 1) {
          await new Promise((resolve) => setTimeout(resolve, 500));
          yield { bytes: Buffer.from(ROWS), rows: 10 };
        }
      };
      made = () => ({ status: 200, headers: {}, body: slow() });
      sending = { contentEncoding, wantsBody: true, stallMs: 150 };
      expect((await receive()).whole).toBe(true);
      expect(seen.at(-1)).toEqual({ rows: 30, bytes: 300_000 });
    },
  );

  test('is sent on to a slow client that reads now and then', async () => {
    made = () => ({ status: 200, headers: {}, body: body(60) });
    // Longer than any pause on a busy machine, and shorter than all of them together.
    sending = { contentEncoding: 'identity', wantsBody: true, stallMs: 2000 };
    const { promise, resolve } = Promise.withResolvers<readonly [boolean, number]>();
    let bytes = 0;
    get({ port, agent: false }, (response) => {
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        response.pause();
        setTimeout(() => response.resume(), 30);
      });
      response.on('close', () => resolve([response.complete, bytes]));
    });
    expect(await promise).toEqual([true, 6_000_000]);
  });
});
