// Requests through a proxy: those to Graph and for its tokens, and no others.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openRunContext } from '../../etl/run-context.ts';
import { openGraphClient } from '../../etl/graph/graph-client.ts';
import { makeProxyFetch } from '../../src/network/proxy-fetch.ts';
import { readList } from '../../etl/graph/read-pages.ts';
import { makeTokenSource } from '../../etl/graph/sign-in/token-source.ts';
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import {
  startGraphEmulator,
  type GraphEmulator,
} from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { startProxy, type TestProxy } from './start-proxy.ts';

let emulator: GraphEmulator;
let proxy: TestProxy;

beforeEach(async () => {
  emulator = await startGraphEmulator({
    tenant: makeTenant({ seed: 1, devices: 1, firstDateKey: 20261119 }),
  });
  proxy = await startProxy(emulator.url);
});
afterEach(async () => {
  await emulator.close();
  await proxy.stop();
});

async function categories(graphUrl: string, proxyAddress: string, noProxy: string): Promise<number> {
  const fetch = makeProxyFetch({ proxy: proxyAddress, noProxy });
  const run = openRunContext({
    runId: 'run-1',
    observe: () => undefined,
    signal: new AbortController().signal,
  });
  const graph = openGraphClient({
    rootUrl: graphUrl,
    token: makeTokenSource({ ...DEMO_CREDENTIALS, graphUrl, loginUrl: emulator.url }, fetch),
    run,
    retryPolicy: { maxAttempts: 1, initialDelayMs: 1, maxDelayMs: 1, requestTimeoutMs: 5_000 },
    fetch,
  });
  return (await readList({ graph, run }, '/v1.0/deviceManagement/deviceCategories')).length;
}

test('requests for tokens and to Graph go through it, with its credentials', async () => {
  expect(await categories('http://graph.example', proxy.url('megan:pass%20word@'), '')).toBeGreaterThan(0);
  const basic = `Basic ${Buffer.from('megan:pass word').toString('base64')}`;
  expect(proxy.tunnels).toEqual([`${basic} ${new URL(emulator.url).host}`, `${basic} graph.example:80`]);
});

test('a host that is excluded is reached directly', async () => {
  expect(await categories(emulator.url, proxy.url(), '127.0.0.1')).toBeGreaterThan(0);
  expect(proxy.tunnels).toEqual([]);
});
