// A whole tenant with edge cases, read over HTTP into a warehouse that masks: its bytes hold nothing personal.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  startGraphEmulator,
  type GraphEmulator,
} from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import type { Tenant } from '../../fixtures/tenant/tenant.ts';
import { simulateRuns } from '../../src/cli/wiring/simulate-runs.ts';
import { select } from '../50-engines/small-model.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';

const DAY = 20261120;
/** Nobody's id. */
const ZEROS = '00000000-0000-0000-0000-000000000000';

let [dataDir, tenant, emulator] = ['', {} as Tenant, {} as GraphEmulator];
beforeAll(async () => {
  tenant = makeTenant({ seed: 1, devices: 40, firstDateKey: 20261119 });
  emulator = await startGraphEmulator({ tenant });
});
afterAll(() => emulator.close());

async function runWith(privacy: string): Promise<void> {
  dataDir = mkdtempSync(join(tmpdir(), 'fleetfeed-masked-'));
  await simulateRuns([DAY], {
    emulator,
    settings: { ...DEFAULT_SETTINGS, data: dataDir, keepGenerations: 3, privacy },
    observe: () => undefined,
    signal: new AbortController().signal,
  });
}

/** Personal values of the tenant. Shorter ones may occur by chance. */
function personalValues(): readonly string[] {
  const people = [...tenant.users.values()].flatMap(({ id, userPrincipalName, mail, displayName }) => [
    id,
    userPrincipalName,
    mail,
    displayName,
  ]);
  const devices = [...tenant.devices.values()].flatMap(({ managed }) => [
    managed.deviceName,
    managed.userPrincipalName,
    managed.userId,
    managed.serialNumber,
    managed.imei,
    managed.phoneNumber,
    managed.wiFiMacAddress,
  ]);
  const texts = [...people, ...devices].filter((each) => typeof each === 'string');
  return [...new Set(texts)].filter((each) => each.length >= 8 && each !== ZEROS);
}

function found(): readonly string[] {
  const bytes = readdirSync(dataDir).map((name) => readFileSync(join(dataDir, name)));
  return personalValues().filter((value) => bytes.some((file) => file.includes(value)));
}

describe('a tenant', () => {
  afterEach(() => rmSync(dataDir, { recursive: true }));

  test.each(['full', 'masked', 'dropped'])('that is kept %s', async (privacy) => {
    await runWith(privacy);
    const values = personalValues();
    expect(values.length).toBeGreaterThan(100);
    if (privacy === 'full') expect(found().length).toBeGreaterThan(values.length / 2);
    else expect(found()).toEqual([]);
    const [owned] = select(
      dataDir,
      'SELECT count(*) AS devices FROM devices d JOIN users u ON u.userId = d.userId AND u.userId = d.primaryUser',
    );
    expect(Number(owned?.['devices'])).toBeGreaterThan(20);
  });
});
