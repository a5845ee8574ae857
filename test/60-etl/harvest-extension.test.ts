// The management extension's report: each line is matched to its device, and none to the wrong one.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  FIVE_FLAGS,
  LOBBY_PC,
  MEGANS_LAPTOP,
  SHARED_PC,
} from '../../fixtures/tenant/edge-cases/edge-case-devices.ts';
import { permanentFault, openTenant, type TenantHarvest, type HarvestedTenant } from './harvested-tenant.ts';

let tenant: HarvestedTenant;
beforeAll(async () => {
  tenant = await openTenant({ seed: 1, devices: 60, firstDateKey: 20261119 }, 20261120);
});
afterAll(() => tenant.close());

describe('a line of the report', () => {
  let harvest: TenantHarvest;
  beforeAll(async () => {
    harvest = await tenant.harvestDay();
  });
  const rowsOf = (deviceId: string) =>
    harvest.staging
      .rowsOf('intuneManagementExtensions')
      .filter(({ values }) => values['deviceKey'] === deviceId)
      .map(({ values }) => values);

  test.each([
    ['has the id of its device', MEGANS_LAPTOP],
    ['has an id that holds that of its device', LOBBY_PC],
    ['has an id of its own, and a name that one device has', FIVE_FLAGS],
  ])('that %s is found', (_, deviceId) => {
    expect(rowsOf(deviceId)).toEqual([
      {
        tenantKey: 1,
        deviceKey: deviceId,
        extensionVersionKey: expect.stringMatching(/^1\.\d+\.\d+\.0$/),
        extensionStateKey: expect.any(Number),
      },
    ]);
  });

  test('about a name that several devices have is nobody’s, like one about a device that is no more', () => {
    const names = new Map(
      harvest.staging.rowsOf('devices').map(({ naturalKey, values }) => [naturalKey, values]),
    );
    const deviceNames = harvest.staging
      .rowsOf('intuneManagementExtensions')
      .map(({ values }) => names.get(String(values['deviceKey']))?.['deviceName']);
    expect(deviceNames).not.toContain('DESKTOP-CLONE');
    expect(deviceNames).not.toContain(undefined);
    expect(
      harvest.staging.rowsOf('intuneManagementExtensionVersions').map(({ naturalKey }) => naturalKey),
    ).not.toContain('1.40.100.0');
  });

  test('without a version, and with a health that no list names, is a row all the same', () => {
    expect(rowsOf(SHARED_PC)).toMatchObject([{ extensionVersionKey: null, extensionStateKey: 100_000 }]);
    expect(
      harvest.staging.rowsOf('intuneManagementExtensionHealthStates').map(({ values }) => values),
    ).toEqual([{ extensionStateKey: 100_000, extensionState: 'hibernating' }]);
  });

  test('brings its version once', () => {
    const versions = harvest.staging
      .rowsOf('intuneManagementExtensionVersions')
      .map(({ naturalKey }) => naturalKey);
    expect(versions.length).toBeGreaterThan(0);
    expect(new Set(versions).size).toBe(versions.length);
  });
});

test.each(['forbidden', 'missing-segment'] as const)(
  'where the report is %s there is no row and one problem, never a zero',
  async (answer) => {
    const { staging, report } = await tenant.harvestDay({
      faults: [permanentFault('healthStates', answer)],
    });
    expect(staging.rowsOf('intuneManagementExtensions')).toEqual([]);
    expect(report.completeness.get('intuneManagementExtensions')).toBe('failed');
    expect(report.problems.filter(({ source }) => source.endsWith('healthStates'))).toHaveLength(1);
    expect(report.completeness.get('devices')).toBe('complete');
  },
);

test('where not all devices were read, those unseen stay as they were', async () => {
  const fault = { match: 'managedDevices?', answer: 'last-page' } as const;
  const { report } = await tenant.harvestDay({ faults: [fault] });
  expect(report.completeness.get('intuneManagementExtensions')).toBe('partial');
});
