// The way out through a proxy: for Graph and its tokens alike, and only for those.
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openGraph } from '../../etl/graph/client.ts';
import { fetchBy } from '../../etl/graph/network.ts';
import { listOf } from '../../etl/graph/pages.ts';
import { makeTokenSource } from '../../etl/graph/token.ts';
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/demo-credentials.ts';
import { startGraphEmulator } from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import type { GraphEmulator } from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/generator.ts';

let emulator: GraphEmulator;
let proxy: Server;
/** Who wanted to get where, as the proxy was told. */
let tunnels: string[];

beforeEach(async () => {
  tunnels = [];
  emulator = await startGraphEmulator({ tenant: makeTenant({ seed: 1, devices: 1, firstNight: 20261119 }) });
  proxy = createServer().on('connect', ({ url = '', headers }, socket) => {
    tunnels.push(`${headers['proxy-authorization']} ${url}`);
    const { port } = new URL(emulator.url);
    // It knows the way to hosts that this machine does not.
    const far = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      far.pipe(socket).pipe(far);
    });
    socket.on('error', () => far.destroy());
    far.on('error', () => socket.destroy());
  });
  await new Promise<void>((ready) => proxy.listen(0, '127.0.0.1', ready));
});
afterEach(async () => {
  await emulator.close();
  proxy.closeAllConnections();
  await new Promise((closed) => proxy.close(closed));
});

const proxyUrl = (user = '') => `http://${user}127.0.0.1:${(proxy.address() as AddressInfo).port}`;

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
  expect(await categories('http://graph.example', proxyUrl('megan:pass%20word@'), '')).toBeGreaterThan(0);
  const basic = `Basic ${Buffer.from('megan:pass word').toString('base64')}`;
  expect(tunnels).toEqual([`${basic} ${new URL(emulator.url).host}`, `${basic} graph.example:80`]);
});

test('what is to be reached without it is', async () => {
  expect(await categories(emulator.url, proxyUrl(), '127.0.0.1')).toBeGreaterThan(0);
  expect(tunnels).toEqual([]);
});
