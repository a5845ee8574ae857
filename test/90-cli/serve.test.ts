// `serve` as an admin first starts it: with an empty folder and a tenant.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as passes } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import { startGraphEmulator } from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { runProgram } from './run-program.ts';

const TODAY = 20261120;

test('an empty folder is served at once, its first run follows, and the run is among the metrics', async () => {
  const data = mkdtempSync(join(tmpdir(), 'fleetfeed-serve-'));
  const emulator = await startGraphEmulator({
    tenant: makeTenant({ seed: 1, devices: 45, firstDateKey: TODAY }),
  });
  emulator.setDay(TODAY);
  const { tenantId, clientId, clientSecret } = DEMO_CREDENTIALS;
  const program = runProgram(
    ['serve', '--data', data, '--port', '0', '--graph-url', emulator.url, '--login-url', emulator.url],
    {
      FLEETFEED_TENANT_ID: tenantId,
      FLEETFEED_CLIENT_ID: clientId,
      FLEETFEED_CLIENT_SECRET: clientSecret,
      FLEETFEED_TODAY: '2026-11-20',
      FLEETFEED_JITTER: '0',
    },
  );
  try {
    const [, root = ''] = /^Feed: (http:\/\/[^/]+)/.exec(await program.line(/^Feed: /)) ?? [];
    const ready = () => fetch(`${root}/-/ready`);
    while ((await ready()).status !== 200) await passes(50);
    expect(await (await ready()).json()).toMatchObject({ dateKey: TODAY, lastRun: { outcome: 'published' } });
    const devices = await fetch(`${root}/v1.0/devices?$count=true&$top=1`);
    expect(await devices.json()).toMatchObject({ '@odata.count': expect.any(Number), value: [{}] });
    // The generation is served a moment before the process of the run has sent its last observation.
    const metrics = async (): Promise<string> => (await fetch(`${root}/-/metrics`)).text();
    while (!(await metrics()).includes('fleetfeed_runs_total{outcome="published"} 1')) await passes(50);
    program.kill('SIGTERM');
    expect(await program.ended).toMatchObject({ code: 0, signal: null });
    expect(program.stderr()).toContain('The next run is due at 2026-11-21T00:00:00.000Z');
  } finally {
    program.kill('SIGKILL');
    await emulator.close();
    rmSync(data, { recursive: true });
  }
});
