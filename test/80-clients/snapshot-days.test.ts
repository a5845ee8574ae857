// What a user of the feed sees of the nightly runs: a change in Intune the day after, and past days that never change.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import {
  startGraphEmulator,
  type GraphEmulator,
} from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { simulateRuns } from '../../src/cli/wiring/simulate-runs.ts';
import { listGenerations } from '../../src/engines/sqlite/generations/generation-files.ts';
import { startTestFeed, type TestFeed } from '../70-http/test-feed.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';
import { pull, type Row } from './pull.ts';

const data = mkdtempSync(join(tmpdir(), 'fleetfeed-days-'));
let emulator: GraphEmulator;
let feed: TestFeed;

async function live(...days: readonly number[]): Promise<void> {
  const { signal } = new AbortController();
  const settings = { ...DEFAULT_SETTINGS, data, keepGenerations: 3 };
  await simulateRuns(days, { emulator, settings, observe: () => undefined, signal });
}

/** A feed notices a publication within a second; the test waits longer, for busy machines. */
async function noticed(): Promise<void> {
  const newest = listGenerations(data)[0]?.id;
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await feed.get('/-/ready')).json.generation === newest) return;
    await wait(100);
  }
  throw new Error(`The feed did not notice generation ${newest}.`);
}

beforeAll(async () => {
  // Across a month end, where intervals end.
  emulator = await startGraphEmulator({
    tenant: makeTenant({ seed: 3, devices: 40, firstDateKey: 20261029 }),
  });
  await live(20261029, 20261030, 20261031, 20261101);
  feed = await startTestFeed({ data });
});
afterAll(async () => {
  await feed.stop();
  await emulator.close();
  rmSync(data, { recursive: true });
});

const DAILY = [
  'devicePropertyHistories',
  'deviceEncryptionStates',
  'deviceEncryptionStatusDetails',
  'deviceEncryptionPolicies',
  'policyDeviceActivities',
  'policyTypeActivities',
  'compliancePolicyStatusDeviceActivities',
  'encryptionActivities',
];

async function pastDays(last: number): Promise<readonly string[]> {
  return Promise.all(
    DAILY.map(async (name) => {
      const { rows, text } = await pull(feed, `/v1.0/${name}?$filter=dateKey le ${last}`);
      expect([name, rows.length > 0]).toEqual([name, true]);
      return text;
    }),
  );
}

describe('snapshot days', () => {
  test('past days have the same bytes before and after later runs, and after a second run of a day', async () => {
    const before = await pastDays(20261101);
    await live(20261102, 20261103);
    await noticed();
    expect(await pastDays(20261101)).toEqual(before);

    const twoDays = await pastDays(20261102);
    await live(20261103);
    await noticed();
    expect(await pastDays(20261102)).toEqual(twoDays);
  });

  test('a day that is run twice has one row a device, the same as after one run', async () => {
    const once = await pull(feed, '/v1.0/devicePropertyHistories?$filter=dateKey eq 20261103');
    await live(20261103);
    await noticed();
    const twice = await pull(feed, '/v1.0/devicePropertyHistories?$filter=dateKey eq 20261103');
    expect(twice.rows).toEqual(once.rows);
    expect(new Set(twice.rows.map(({ deviceKey }) => deviceKey)).size).toBe(twice.rows.length);
  });

  test('an encryption state that an admin patches in Graph is in the feed after the next run', async () => {
    const signedIn = await fetch(`${emulator.url}/${DEMO_CREDENTIALS.tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: DEMO_CREDENTIALS.clientId,
        client_secret: DEMO_CREDENTIALS.clientSecret,
        scope: `${emulator.url}/.default`,
      }),
    });
    const { access_token: token } = (await signedIn.json()) as { access_token: string };
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const states = `${emulator.url}/beta/deviceManagement/managedDeviceEncryptionStates`;

    const devices = await pull(feed, '/v1.0/devices');
    const today = await pull(feed, '/v1.0/deviceEncryptionStates?$filter=dateKey eq 20261103');
    const encrypted = today.rows.find(
      (row) => row.encryptionStateKey === 1 && row.tpmSpecificationVersion !== null,
    )!;
    const device = devices.rows.find((row) => row.deviceKey === encrypted.deviceKey)!;

    const patched = await fetch(`${states}/${String(device.deviceId)}`, {
      method: 'PATCH',
      headers,
      body: JSON.stringify({
        encryptionState: 'notEncrypted',
        advancedBitLockerStates: 'osVolumeUnprotected,tpmNotReady',
        encryptionPolicySettingState: 'error',
      }),
    });
    expect(patched.status).toBe(200);
    await live(20261104);
    await noticed();

    const key = `dateKey=20261104,deviceKey=${Number(device.deviceKey)}`;
    const { json: state } = await feed.get(`/v1.0/deviceEncryptionStates(${key})`);
    expect(state).toMatchObject({
      encryptionStateKey: 0,
      advancedBitLockerStates: 'osVolumeUnprotected,tpmNotReady',
      advancedBitLockerStateMask: 2 | 16384,
      encryptionPolicySettingStateKey: 5,
    });
    const { json: lookup } = await feed.get(`/v1.0/deviceEncryptionStates(${key})/encryptionState`);
    expect(lookup.encryptionStateName).toBe('NotEncrypted');

    const details = await pull(
      feed,
      `/beta/deviceEncryptionStatusDetails?$filter=dateKey eq 20261104 and deviceKey eq ${Number(device.deviceKey)}`,
    );
    const names = await Promise.all(
      details.rows.map(async (row: Row) => {
        const { json } = await feed.get(
          `/v1.0/encryptionStatusDetails(${Number(row.encryptionStatusDetailKey)})`,
        );
        return json.flagName as string;
      }),
    );
    expect(names.sort()).toEqual(['osVolumeUnprotected', 'tpmNotReady']);

    const yesterday = await pull(feed, '/v1.0/deviceEncryptionStates?$filter=dateKey eq 20261103');
    expect(yesterday.rows).toEqual(today.rows);
  });

  test('pages stay on the generation they began with while the next one is published', async () => {
    const headers = { prefer: 'maxpagesize=10' };
    const first = await feed.get('/v1.0/devices?$count=true', headers);
    const whole = await pull(feed, '/v1.0/devices');
    await live(20261105);
    await noticed();
    const rest = await pull(feed, first.json['@odata.nextLink'].slice(feed.base.length), headers);
    expect([...first.json.value, ...rest.rows]).toEqual(whole.rows);
  });
});
