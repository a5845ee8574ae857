// The way out through a proxy: for Graph and its tokens alike, and only for those.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openGraph } from '../../etl/graph/client.ts';
import { fetchBy } from '../../etl/graph/network.ts';
import { listOf } from '../../etl/graph/pages.ts';
import { makeTokenSource } from '../../etl/graph/token.ts';
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/demo-credentials.ts';
import {
  startGraphEmulator,
  type GraphEmulator,
} from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/generator.ts';
import { startProxy, type TestProxy } from './start-proxy.ts';

let emulator: GraphEmulator;
let proxy: TestProxy;

beforeEach(async () => {
  emulator = await startGraphEmulator({ tenant: makeTenant({ seed: 1, devices: 1, firstNight: 20261119 }) });
  proxy = await startProxy(emulator.url);
});
afterEach(async () => {
  await emulator.close();
  await proxy.stop();
});

async function categories(graphUrl: string, proxyAddress: string, noProxy: string): Promise<number> {
  const fetch = fetchBy({ proxy: proxyAddress, noProxy });
  const graph = openGraph({
    rootUrl: graphUrl,
    token: makeTokenSource({ ...DEMO_CREDENTIALS, graphUrl, loginUrl: emulator.url }, fetch),
    run: 'run-1',
    observe: () => undefined,
    signal: new AbortController().signal,
    pace: { tries: 1, firstDelayMs: 1, longestDelayMs: 1, requestMs: 5_000 },
    fetch,
  });
  return (await listOf(graph, '/v1.0/deviceManagement/deviceCategories')).length;
}

test('tokens and Graph come through it, and it is told who asks', async () => {
  expect(await categories('http://graph.example', proxy.url('megan:pass%20word@'), '')).toBeGreaterThan(0);
  const basic = `Basic ${Buffer.from('megan:pass word').toString('base64')}`;
  expect(proxy.tunnels).toEqual([`${basic} ${new URL(emulator.url).host}`, `${basic} graph.example:80`]);
});

test('what is to be reached without it is', async () => {
  expect(await categories(emulator.url, proxy.url(), '127.0.0.1')).toBeGreaterThan(0);
  expect(proxy.tunnels).toEqual([]);
});
