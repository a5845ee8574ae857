// What reports say on one day and not on the next, from Graph over HTTP into a real warehouse.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { LINE_OF_BUSINESS_APP, RETIRED_APP } from '../../fixtures/tenant/apps.ts';
import {
  startGraphEmulator,
  type GraphEmulator,
} from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { MEGANS_LAPTOP } from '../../fixtures/tenant/edge-cases/edge-case-devices.ts';
import { simulateRuns } from '../../src/cli/wiring/simulate-runs.ts';
import { listGenerations } from '../../src/engines/sqlite/generations/generation-files.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';

let data: string;
let emulator: GraphEmulator;

async function run(day: number, exports: 'auto' | 'off' = 'auto'): Promise<void> {
  const settings = { ...DEFAULT_SETTINGS, data, keepGenerations: 3, exports };
  const { signal } = new AbortController();
  await simulateRuns([day], { emulator, settings, observe: () => undefined, signal });
}

function select(sql: string, ...values: readonly unknown[]): readonly unknown[] {
  const database = new Database(listGenerations(data)[0]!.path, { readonly: true });
  try {
    return database.prepare(sql).all(...values);
  } finally {
    database.close();
  }
}

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'fleetfeed-exports-'));
  emulator = await startGraphEmulator({
    tenant: makeTenant({ seed: 1, devices: 40, firstDateKey: 20261101 }),
  });
  await run(20261101);
});
afterAll(async () => {
  await emulator.close();
  rmSync(data, { recursive: true });
});

const laptop = () =>
  select(
    'SELECT ethernetMacAddress, ipAddressV4Wifi, iccid, rowLastModifiedDateTimeUTC AS written FROM devices WHERE deviceId = ?',
    MEGANS_LAPTOP,
  )[0];
const reported = { ethernetMacAddress: 'A4BB6D10C2F1', ipAddressV4Wifi: '10.20.1.44', iccid: null };

test('a device has the values that lists leave out', () => {
  expect(laptop()).toMatchObject(reported);
  expect(readdirSync(data)).not.toContain('exports.json');
});

test('installations of a day lead to apps, kinds of device and states', () => {
  const joined = select(
    `SELECT sum(c.count) AS devices FROM mobileAppInstallStatusCounts c
     JOIN appRevisions a ON a.appKey = c.appKey JOIN deviceTypes t ON t.deviceTypeKey = c.deviceTypeKey
     JOIN mobileAppInstallStates s ON s.appInstallStateKey = c.appInstallStateKey`,
  );
  expect(joined).toEqual(select('SELECT sum(count) AS devices FROM mobileAppInstallStatusCounts'));
  expect(select('SELECT count(*) AS n FROM mobileAppInstallStatusCounts')).not.toEqual([{ n: 0 }]);
});

test('values from reports stay on a day without exports, and that day has no counts', async () => {
  await run(20261102, 'off');
  expect(laptop()).toMatchObject(reported);
  expect(select('SELECT DISTINCT dateKey FROM mobileAppInstallStatusCounts')).toEqual([
    { dateKey: 20261101 },
  ]);
});

test('values from reports stay on a day whose exports are refused', async () => {
  emulator.faults.add({ match: /exportJobs$/, answer: 'forbidden' });
  await run(20261103);
  expect(laptop()).toMatchObject(reported);
});

test('a new revision of an app has its own row beside the one before it; a removed app has ended', async () => {
  await run(20261116);
  const lives = (applicationId: string) =>
    select(
      `SELECT revision, startDateInclusiveUTC AS start, endDateExclusiveUTC AS "end", isCurrent
       FROM appRevisions WHERE applicationId = ? ORDER BY revision`,
      applicationId,
    );
  expect(lives(LINE_OF_BUSINESS_APP)).toEqual([
    { revision: 1, start: '2026-11-01T00:00:00', end: '2026-11-16T00:00:00', isCurrent: 0 },
    { revision: 2, start: '2026-11-16T00:00:00', end: '9999-12-31T00:00:00', isCurrent: 1 },
  ]);
  expect(lives(RETIRED_APP)).toEqual([
    { revision: 1, start: '2026-11-01T00:00:00', end: '2026-11-16T00:00:00', isCurrent: 0 },
  ]);
  const counted = select(
    `SELECT DISTINCT a.revision FROM mobileAppInstallStatusCounts c JOIN appRevisions a ON a.appKey = c.appKey
     WHERE a.applicationId = ? AND c.dateKey = 20261116`,
    LINE_OF_BUSINESS_APP,
  );
  expect(counted).toEqual([{ revision: 2 }]);
});
