// Report exports against the emulator: the whole way from a job to rows, and every way in which it was seen to fail.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openGraphClient } from '../../etl/graph/graph-client.ts';
import { openRunContext } from '../../etl/run-context.ts';
import { trustedStorageUrl } from '../../etl/graph/export/download.ts';
import {
  DEFAULT_EXPORT_TIMING,
  exportRows,
  type ExportOptions,
  type ExportReport,
  type ExportRow,
} from '../../etl/graph/export/export-job.ts';
import { openExportJobStore } from '../../etl/graph/export/export-job-store.ts';
import { failureStatus } from '../../etl/graph/source-failure.ts';
import { makeTokenSource } from '../../etl/graph/sign-in/token-source.ts';
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import type { FaultAnswer } from '../../fixtures/graph-emulator/faults.ts';
import {
  startGraphEmulator,
  type GraphEmulator,
} from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { FeedError } from '../../src/base/feed-error.ts';
import type { Observation } from '../../src/base/observation.ts';

type Column = 'DeviceId' | 'DeviceName' | 'EthernetMAC' | 'ICCID';

const INVENTORY: ExportReport<Column> = {
  name: 'DevicesWithInventory',
  select: ['DeviceId', 'DeviceName', 'EthernetMAC', 'ICCID'],
  requiredColumn: 'DeviceId',
};
const DAY = 20261120;
const tenant = makeTenant({ seed: 1, devices: 1500, firstDateKey: 20261119 });
const inventory = new Map(
  [...tenant.devices.values()].map(({ managed: { id, deviceName, ethernetMacAddress, iccid } }) => [
    id,
    { DeviceId: id, DeviceName: deviceName, EthernetMAC: ethernetMacAddress ?? '', ICCID: iccid ?? '' },
  ]),
);

let emulator: GraphEmulator;
let requests: string[] = [];
let observed: Observation[];
let stop: AbortController;
let dataDir: string;
let jobMs: number;

beforeAll(async () => {
  emulator = await startGraphEmulator({
    tenant,
    onRequest: (method, url, status) =>
      requests.push(`${method} ${url.replace(/_[0-9a-f-]{36}/, '')} ${status}`),
  });
});
beforeEach(() => {
  [requests, observed, stop, jobMs] = [[], [], new AbortController(), 10_000];
  dataDir = mkdtempSync(join(tmpdir(), 'fleetfeed-exports-'));
});
afterEach(() => {
  emulator.faults.clear();
  rmSync(dataDir, { recursive: true });
});
afterAll(() => emulator.close());

function options(): ExportOptions {
  const run = openRunContext({
    runId: 'run-1',
    observe: (observation) => observed.push(observation),
    signal: stop.signal,
  });
  return {
    run,
    graph: openGraphClient({
      rootUrl: emulator.url,
      token: makeTokenSource({ ...DEMO_CREDENTIALS, loginUrl: emulator.url, graphUrl: emulator.url }),
      run,
      retryPolicy: { maxAttempts: 3, initialDelayMs: 1, maxDelayMs: 5, requestTimeoutMs: 5_000 },
    }),
    jobStore: openExportJobStore(join(dataDir, 'exports.json')),
    day: DAY,
    timing: {
      ...DEFAULT_EXPORT_TIMING,
      initialPollMs: 1,
      maxPollMs: 5,
      jobTimeoutMs: jobMs,
      download: { maxAttempts: 3, initialDelayMs: 1, idleTimeoutMs: 5_000 },
    },
  };
}

async function rowsOf<Name extends string>(report: ExportReport<Name>): Promise<ExportRow<Name>[]> {
  const rows: ExportRow<Name>[] = [];
  for await (const page of exportRows(options(), report)) rows.push(...page);
  return rows;
}

async function failureOf(report: ExportReport<string>): Promise<FeedError> {
  const error: unknown = await rowsOf(report).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof FeedError) return error;
  throw error instanceof Error ? error : new Error('It did not fail.');
}

const everyDevice = (rows: readonly ExportRow<Column>[]): void => {
  const rowOf = new Map(rows.map((row) => [row.DeviceId, row]));
  expect(rows).toHaveLength(inventory.size);
  for (const [id, row] of inventory) {
    // Empty cells at the end of a row are not in the file at all.
    const cells = Object.entries(rowOf.get(id)!).map(([column, cell]) => [column, cell ?? '']);
    expect(Object.fromEntries(cells)).toEqual(row);
  }
};
const submissions = (): number => requests.filter((line) => line.startsWith('POST /v1.0')).length;

describe('an exported report', () => {
  test('is submitted once, polled until it is done, and read row for row, whatever the names hold', async () => {
    everyDevice(await rowsOf(INVENTORY));
    const jobs = '/v1.0/deviceManagement/reports/exportJobs';
    expect(requests.filter((line) => line.includes('exportJobs'))).toEqual([
      `POST ${jobs} 201`,
      `GET ${jobs}('DevicesWithInventory') 200`,
      `GET ${jobs}('DevicesWithInventory') 200`,
    ]);
    expect(observed.at(-1)).toMatchObject({
      kind: 'run.progress',
      source: 'v1.0/deviceManagement/reports/exportJobs/DevicesWithInventory',
      rows: inventory.size,
    });
    expect(readdirSync(dataDir)).toEqual([]);
  });

  test('comes some rows at a time', async () => {
    const pages: number[] = [];
    for await (const page of exportRows(options(), INVENTORY)) pages.push(page.length);
    expect(pages).toEqual([999, inventory.size - 999]);
  });

  test.each<[string, FaultAnswer, string, number]>([
    ['done without an address is asked after again', 'job-without-url', 'exportJobs(', 1],
    ['read over a connection that breaks goes on where it broke', 'cut', '.zip', 1],
    ['read over a connection that breaks often goes on as often', 'cut', '.zip', 6],
    ['whose storage hangs up is asked for again', 'reset', '.zip', 2],
    ['asked after in a bad moment is asked after again', '504', 'exportJobs(', 2],
  ])('%s', async (_, answer, match, times) => {
    emulator.faults.add({ match, answer, times });
    everyDevice(await rowsOf(INVENTORY));
    expect(submissions()).toBe(1);
  });

  test('that fails is submitted anew', async () => {
    emulator.faults.add({ match: 'exportJobs(', answer: 'job-failed', times: 3 });
    everyDevice(await rowsOf(INVENTORY));
    expect(submissions()).toBe(4);
  });

  test('that never gets done is submitted anew three times and then given up', async () => {
    emulator.faults.add({ match: 'exportJobs(', answer: 'job-stuck', times: 10_000 });
    jobMs = 40;
    const failure = await failureOf(INVENTORY);
    expect(failure.code).toBe('feed.source-unavailable');
    expect(failure.message).toContain(
      "The report 'DevicesWithInventory' could not be exported: 4 jobs failed",
    );
    expect(submissions()).toBe(4);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  test('with a column that Intune does not know is refused, and named', async () => {
    const failure = await failureOf({ ...INVENTORY, select: ['DeviceId', 'Colour'] });
    expect(failure).toMatchObject({ code: 'feed.source-refused', target: 'DevicesWithInventory' });
    expect(failureStatus(failure)).toBe(400);
  });

  test('that may not be submitted says so', async () => {
    emulator.faults.add({ match: 'exportJobs', answer: 'forbidden' });
    expect(failureStatus(await failureOf(INVENTORY))).toBe(403);
    expect(submissions()).toBe(1);
  });

  test('whose link is not taken any more fails without the key of the link in the message', async () => {
    emulator.faults.add({ match: '.zip', answer: 'expired-link' });
    const { message } = await failureOf(INVENTORY);
    expect(message).toContain('its storage answered HTTP 403');
    expect(message).not.toContain('sig');
  });

  test('that breaks more often than the attempts allow fails', async () => {
    emulator.faults.add({ match: '.zip', answer: 'reset', times: 100 });
    expect((await failureOf(INVENTORY)).message).toContain('the download was incomplete');
  });

  test('ends when the run is aborted, and says why', async () => {
    emulator.faults.add({ match: 'exportJobs(', answer: 'job-stuck', times: 10_000 });
    const rows = rowsOf(INVENTORY);
    setTimeout(() => stop.abort(new Error('Enough.')), 10);
    await expect(rows).rejects.toThrow('Enough.');
  });
});

describe('a run that takes over from a killed one', () => {
  const submitted = async (): Promise<void> => {
    const killed = rowsOf(INVENTORY);
    while (!readdirSync(dataDir).includes('exports.json')) await new Promise((tick) => setTimeout(tick, 1));
    stop.abort(new Error('Killed.'));
    await expect(killed).rejects.toThrow('Killed.');
    stop = new AbortController();
  };

  test('waits for the job that was submitted', async () => {
    emulator.faults.add({ match: 'exportJobs(', answer: 'job-stuck', times: 2 });
    await submitted();
    expect(readdirSync(dataDir)).toEqual(['exports.json']);
    everyDevice(await rowsOf(INVENTORY));
    expect(submissions()).toBe(1);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  test('submits anew what Intune does not know any more', async () => {
    openExportJobStore(join(dataDir, 'exports.json')).remember(DAY, INVENTORY.name, 'forgotten');
    everyDevice(await rowsOf(INVENTORY));
    expect(submissions()).toBe(1);
  });

  test('does not take yesterday’s for today’s', () => {
    const memory = openExportJobStore(join(dataDir, 'exports.json'));
    memory.remember(DAY - 1, 'A', 'a-1');
    expect(memory.recall(DAY, 'A')).toBeNull();
    memory.remember(DAY, 'A', 'a-2');
    memory.remember(DAY, 'B', 'b-2');
    memory.forget(DAY, 'B');
    expect(memory.recall(DAY, 'A')).toBe('a-2');
    expect(memory.recall(DAY - 1, 'A')).toBeNull();
  });
});

describe('the address of a file', () => {
  const GRAPH = 'https://graph.microsoft.com';
  test.each([
    ['https://amsua0702repexpstorage.blob.core.windows.net/7f3c/x.zip?sig=KEY', GRAPH],
    ['https://gov.blob.core.usgovcloudapi.net/x.zip', 'https://graph.microsoft.us'],
    ['http://127.0.0.1:4007/x.zip', 'http://127.0.0.1:4005'],
  ])('%s is trusted', (address, root) => {
    expect(trustedStorageUrl(address, root).href).toBe(address);
  });

  test.each([
    ['http://amsua0702repexpstorage.blob.core.windows.net/x.zip?sig=KEY', GRAPH],
    ['https://blob.core.windows.net.example/x.zip?sig=KEY', GRAPH],
    ['https://graph.microsoft.com/x.zip?sig=KEY', GRAPH],
    ['https://me@amsua.blob.core.windows.net/x.zip?sig=KEY', GRAPH],
    ['http://127.0.0.1:4007/x.zip?sig=KEY', GRAPH],
    ['file:///etc/passwd', GRAPH],
    ['nonsense?sig=KEY', GRAPH],
  ])('%s is not trusted, and the message does not contain its key', (address, root) => {
    expect(() => trustedStorageUrl(address, root)).toThrow(/not storage of Microsoft/);
    expect(() => trustedStorageUrl(address, root)).not.toThrow(/KEY/);
  });
});
