// The demo: one command from nothing to a feed, a changed device after the next run, and a clean end.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import { runProgram, type RunningProgram } from './run-program.ts';

const TENANT = ['--devices', '45', '--nights', '3', '--port', '0'];
let data: string;
let demo: RunningProgram;
let feed: string;

const start = async (today: string): Promise<void> => {
  demo = runProgram(['demo', '--data', data, '--today', today, ...TENANT]);
  feed = (await demo.line(/^Feed: /)).replace('Feed: ', '');
};
type Json = ReturnType<typeof JSON.parse>;
const read = async (query: string): Promise<Json> => (await fetch(`${feed}/${query}`)).json();

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'fleetfeed-demo-'));
  await start('2026-11-20');
});
afterAll(async () => {
  demo.kill('SIGTERM');
  await demo.ended;
  rmSync(data, { recursive: true });
});

describe('the demo', () => {
  test('prints one line on standard output: the address', () => {
    expect(demo.stdout()).toMatch(
      /^Feed: http:\/\/127\.0\.0\.1:\d+\/ReportingService\/DataWarehouseFEService\n$/,
    );
  });

  test('has a run for each day, the last of them today', async () => {
    const { value } = await read('deviceEncryptionStates?$select=dateKey');
    const days = new Set(value.map(({ dateKey }: { dateKey: number }) => dateKey));
    expect([...days]).toEqual([20261118, 20261119, 20261120]);
  });

  test.each([
    'enrollmentActivities',
    'intuneManagementExtensions',
    'intuneManagementExtensionVersions',
    'mamApplications',
    'mamApplicationInstances',
    'mamCheckins',
    'termsAndConditions',
    'userTermsAndConditionsAcceptances',
    'compliancePolicyStatusDevicePerPolicyActivities',
    'policyTypeActivities',
  ])('has something to show in %s', async (collection) => {
    expect((await read(`${collection}?$top=1`)).value).toHaveLength(1);
  });

  test('shows after the next run what was changed in Graph, as its own text says', async () => {
    const output = demo.stderr();
    const graph = /curl -X PATCH '(http:\/\/[\d.:]+)\//.exec(output)?.[1] ?? '';
    const { tenantId, clientId, clientSecret } = DEMO_CREDENTIALS;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${graph}/.default`,
    });
    const token = await fetch(`${graph}/${tenantId}/oauth2/v2.0/token`, { method: 'POST', body: form });
    const { access_token: bearer } = (await token.json()) as { access_token: string };
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
    const states = `${graph}/beta/deviceManagement/managedDeviceEncryptionStates`;
    const listed: Json = await (await fetch(states, { headers })).json();
    const device = listed.value.find(
      (each: { encryptionState: string }) => each.encryptionState === 'encrypted',
    );
    const patched = await fetch(`${states}/${device.id}`, {
      method: 'PATCH',
      headers,
      body: JSON.stringify({ encryptionState: 'notEncrypted' }),
    });
    expect(patched.status).toBe(200);

    const command = /npm run fleetfeed -- (snapshot .*)\\\n\s*(.*)/.exec(output);
    const words = `${command?.[1] ?? ''} ${command?.[2] ?? ''}`.replaceAll("'", '').trim().split(/\s+/);
    const run = runProgram(words, { FLEETFEED_CLIENT_SECRET: clientSecret });
    expect([await run.ended, run.stderr()]).toEqual([
      expect.objectContaining({ code: 0 }),
      expect.stringContaining('Run of 20261121 published as generation 4'),
    ]);

    // The running server notices the new generation by itself.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const { value: devices } = await read('devices');
    const { deviceKey } = devices.find(({ deviceId }: { deviceId: string }) => deviceId === device.id);
    const { value: rows } = await read('deviceEncryptionStates?$filter=dateKey ge 20261120');
    const shown = rows
      .filter((row: { deviceKey: number }) => row.deviceKey === deviceKey)
      .map((row: { encryptionStateKey: number }) => row.encryptionStateKey);
    expect(shown).toHaveLength(2);
    expect(shown[0]).not.toBe(shown[1]);
  });

  test('started again, it shows how to make the day after the newest one', async () => {
    demo.kill('SIGTERM');
    await demo.ended;
    await start('2026-11-20');
    expect(demo.stderr()).toContain('--today 2026-11-22');
  });

  test('ends within five seconds, and continues later where it stopped', async () => {
    const startedAt = performance.now();
    demo.kill('SIGTERM');
    const { code } = await demo.ended;
    expect([code, performance.now() - startedAt < 5000]).toEqual([0, true]);
    await start('2026-11-22');
    expect(demo.stderr()).toContain('1 day in');
    const { value } = await read('deviceEncryptionStates?$select=dateKey&$filter=dateKey gt 20261120');
    expect(new Set(value.map(({ dateKey }: { dateKey: number }) => dateKey)).size).toBe(2);
  });

  test('does not mix with another tenant', async () => {
    const other = runProgram([
      'demo',
      '--data',
      data,
      '--today',
      '2026-11-22',
      '--devices',
      '46',
      '--port',
      '0',
    ]);
    expect((await other.ended).code).toBe(1);
    expect(other.stderr()).toContain('holds a demo of 45 devices');
  });
});
