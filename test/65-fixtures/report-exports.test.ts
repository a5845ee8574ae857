// Export jobs as a client sees them: their states, and a file on another host with a signed address.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { unzipSync } from 'fflate';
import {
  startGraphEmulator,
  type GraphEmulator,
} from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { callerOf, type Caller } from './graph-caller.ts';

const JOBS = '/v1.0/deviceManagement/reports/exportJobs';
const tenant = makeTenant({ seed: 1, devices: 60, firstDateKey: 20261101 });
let emulator: GraphEmulator;
let graph: Caller;

beforeAll(async () => {
  emulator = await startGraphEmulator({ tenant });
  graph = await callerOf(emulator);
});
afterEach(() => emulator.faults.clear());
afterAll(() => emulator.close());

async function finished(reportName: string, select?: readonly string[]): Promise<URL> {
  const { json } = await graph.send('POST', JOBS, { reportName, format: 'csv', select });
  await graph.get(`${JOBS}('${json.id}')`);
  return new URL((await graph.get(`${JOBS}('${json.id}')`)).json.url);
}

async function linesOf(url: URL): Promise<readonly string[]> {
  const files = unzipSync(new Uint8Array(await (await fetch(url)).arrayBuffer()));
  const text = Buffer.from(Object.values(files)[0]!).toString();
  return text.split('\r\n').slice(0, -1);
}

describe('a job', () => {
  test('is not started, in progress, and done with an address on another host', async () => {
    const { status, json } = await graph.send('POST', JOBS, {
      reportName: 'DeviceEncryption',
      format: 'csv',
      select: ['DeviceId', 'EncryptionStatus'],
    });
    expect(status).toBe(201);
    expect(json).toMatchObject({
      id: expect.stringMatching(/^DeviceEncryption_[0-9a-f-]{36}$/),
      status: 'notStarted',
      url: null,
      expirationDateTime: '0001-01-01T00:00:00Z',
    });
    const look = async () => (await graph.get(`${JOBS}('${json.id}')`)).json;
    expect(await look()).toMatchObject({ status: 'inProgress', url: null });
    const done = await look();
    expect(done).toMatchObject({ status: 'completed', url: expect.stringContaining(`${json.id}.zip?sv=`) });
    expect(new URL(done.url).origin).not.toBe(emulator.url);
  });

  test.each([
    ['an unknown report', { reportName: 'Colours', format: 'csv' }],
    ['an unknown column', { reportName: 'DeviceEncryption', format: 'csv', select: ['Colour'] }],
    ['another format', { reportName: 'DeviceEncryption', format: 'pdf' }],
    ['no JSON', 'reportName'],
  ])('for %s is a 400', async (_, body) => {
    expect((await graph.send('POST', JOBS, body)).status).toBe(400);
  });

  test('is not listed, and an unknown one is not found', async () => {
    expect((await graph.get(JOBS)).status).toBe(400);
    expect((await graph.get(`${JOBS}('nobody')`)).status).toBe(404);
  });

  test.each([
    ['job-stuck', { status: 'inProgress', url: null }],
    ['job-failed', { status: 'failed', url: null }],
    ['job-without-url', { status: 'completed', url: null }],
  ] as const)('%s', async (answer, state) => {
    const { json } = await graph.send('POST', JOBS, { reportName: 'DeviceEncryption', format: 'csv' });
    emulator.faults.add({ match: json.id, answer });
    expect((await graph.get(`${JOBS}('${json.id}')`)).json).toMatchObject(state);
  });
});

describe('a file', () => {
  test('begins with a byte order mark, and the inventory has readable headings', async () => {
    const lines = await linesOf(await finished('DevicesWithInventory', ['DeviceId', 'EthernetMAC']));
    expect(lines[0]).toBe('\ufeffDevice ID,Ethernet MAC');
    expect(lines).toHaveLength(1 + tenant.devices.size);
  });

  test('leaves bare quotes as they are, and empty cells out at the end of a row', async () => {
    const lines = await linesOf(await finished('DevicesWithInventory', ['DeviceName', 'ICCID']));
    expect(lines.some((line) => /^[^",]+"/.test(line))).toBe(true);
    expect(lines.some((line) => !line.includes(','))).toBe(true);
  });

  test('is served only with its signature', async () => {
    const url = await finished('AppInstallStatusAggregate');
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(url, { headers: { authorization: 'Bearer token' } })).status).toBe(403);
    const forged = new URL(url);
    forged.searchParams.set('sig', 'forged');
    expect((await fetch(forged)).status).toBe(403);
    expect((await fetch(new URL('/7f3c1a52/other.zip', url))).status).toBe(404);
  });

  test('is served from any offset', async () => {
    const url = await finished('OrgDeviceInstallStatus');
    const whole = await fetch(url);
    const bytes = new Uint8Array(await whole.arrayBuffer());
    const rest = await fetch(url, {
      headers: { range: 'bytes=100-', 'if-match': whole.headers.get('etag')! },
    });
    expect(rest.status).toBe(206);
    expect(new Uint8Array(await rest.arrayBuffer())).toEqual(bytes.subarray(100));
    expect((await fetch(url, { headers: { 'if-match': '"other"' } })).status).toBe(412);
  });
});
