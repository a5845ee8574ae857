// Tokens by the client credential flow, from a directory on loopback.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeTokenSource } from '../../etl/graph/token.ts';
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/demo-credentials.ts';
import { startGraphEmulator } from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import type { GraphEmulator } from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/generator.ts';

let emulator: GraphEmulator;

beforeAll(async () => {
  emulator = await startGraphEmulator({ tenant: makeTenant({ seed: 1, devices: 1, firstNight: 20261119 }) });
});
afterAll(() => emulator.close());

const source = (change: Partial<Parameters<typeof makeTokenSource>[0]> = {}) =>
  makeTokenSource({ ...DEMO_CREDENTIALS, loginUrl: emulator.url, graphUrl: emulator.url, ...change });

describe('a token', () => {
  test('is asked for once and then remembered', async () => {
    const tokens = source();
    expect(await tokens.accessToken()).toBe(await tokens.accessToken());
  });

  test('is new when renewed, and the new one is remembered', async () => {
    const tokens = source();
    const old = await tokens.accessToken();
    const renewed = await tokens.renewedToken();
    expect(renewed).not.toBe(old);
    expect(await tokens.accessToken()).toBe(renewed);
  });

  test.each([
    ['a wrong secret', { clientSecret: 'wrong' }, 'invalid_client'],
    ['a client nobody knows', { clientId: '00000000-1111-4222-8333-444444444444' }, 'unauthorized_client'],
  ])('is refused for %s, and the secret is not repeated', async (_, change, reason) => {
    const failure: unknown = await source(change)
      .accessToken()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'feed.source-refused',
      message: expect.stringContaining(reason),
      hint: expect.stringContaining('client secret'),
    });
    expect(String(failure)).not.toContain('wrong');
  });

  test('is unavailable where nobody answers', async () => {
    await expect(source({ loginUrl: 'http://127.0.0.1:9' }).accessToken()).rejects.toMatchObject({
      code: 'feed.source-unavailable',
    });
  });

  test('is never asked for in the clear beyond loopback', () => {
    expect(() => source({ loginUrl: 'http://login.example.com' })).toThrow(/in the clear/);
  });
});
