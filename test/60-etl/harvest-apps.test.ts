// Apps in their revisions, and on how many devices they are installed: from a row for each device, else from counts.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_EXPORT_TIMING } from '../../etl/graph/export/export-job.ts';
import type { ReportExportOptions } from '../../etl/harvest/report-exports.ts';
import {
  EXPENSES_APP,
  installationsOf,
  LINE_OF_BUSINESS_APP,
  RETIRED_APP,
  UNKNOWN_TYPE_APP,
  WIN32_APP,
} from '../../fixtures/tenant/apps.ts';
import { permanentFault, openTenant, type TenantHarvest, type HarvestedTenant } from './harvested-tenant.ts';

const FIRST_DAY = 20261101;

/** Without jobs of earlier runs, and with a poll at once. */
const exports: ReportExportOptions = {
  jobStore: { recall: () => null, remember: () => undefined, forget: () => undefined },
  timing: {
    ...DEFAULT_EXPORT_TIMING,
    initialPollMs: 1,
    maxPollMs: 5,
    jobTimeoutMs: 2_000,
    download: { maxAttempts: 3, initialDelayMs: 1, idleTimeoutMs: 5_000 },
  },
};

let tenant: HarvestedTenant;
/** Without exports, and with them. */
let plain: TenantHarvest;
let helped: TenantHarvest;
beforeAll(async () => {
  tenant = await openTenant({ seed: 1, devices: 150, firstDateKey: FIRST_DAY }, FIRST_DAY);
  plain = await tenant.harvestDay();
  helped = await tenant.harvestDay({ context: { exports } });
});
afterAll(() => tenant.close());

const revisionOf = ({ staging }: TenantHarvest, applicationId: string) =>
  staging.rowsOf('appRevisions').find(({ values }) => values['applicationId'] === applicationId);

/** Devices by app, kind of device, state and error, as the tenant has them. */
function truth(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { appId, device, state, errorCode } of installationsOf(tenant.tenant)) {
    if (appId === WIN32_APP) continue;
    const words = [appId, device.managed.deviceType, state, errorCode | 0].join(' ');
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return counts;
}

const countsOf = ({ staging }: TenantHarvest) =>
  staging.rowsOf('mobileAppInstallStatusCounts').map(({ values }) => values);
const sum = (rows: ReturnType<typeof countsOf>): number =>
  rows.reduce((total, { count }) => total + Number(count), 0);

describe('apps', () => {
  test('are the revisions in force, without Win32 apps', () => {
    expect(revisionOf(plain, LINE_OF_BUSINESS_APP)).toEqual({
      naturalKey: `${LINE_OF_BUSINESS_APP}:1`,
      values: {
        applicationId: LINE_OF_BUSINESS_APP,
        revision: 1,
        title: 'Prüfstand 測定 🛠',
        publisher: 'Contoso "Labs", Inc.',
        uploadState: 1,
        appTypeKey: 10,
        vppProgramTypeKey: -1,
        creationTime: '2025-09-27T09:36:00',
        modifiedTime: '2026-11-01T12:00:00',
        size: 48_211_456,
      },
    });
    expect(revisionOf(plain, WIN32_APP)).toBeUndefined();
    expect(plain.report.completeness.get('appRevisions')).toBe('complete');
  });

  test('have no size where nothing was uploaded, and the programme that their licences are bought by', () => {
    expect(revisionOf(plain, EXPENSES_APP)?.values).toMatchObject({
      appTypeKey: 3,
      vppProgramTypeKey: 2,
      revision: 1,
      size: null,
    });
  });

  test('of a type that nobody knew make a row for it', () => {
    expect(revisionOf(plain, UNKNOWN_TYPE_APP)?.values).toMatchObject({ appTypeKey: 100_000 });
    expect(plain.staging.rowsOf('appTypes').map(({ values }) => values['appTypeName'])).toEqual([
      'visionOSLobApp',
    ]);
  });

  test('are listed once for all that want to know them', () => {
    expect(plain.requests.filter((line) => line.includes('/mobileApps'))).toHaveLength(1);
  });

  test('have the revision that was uploaded since, and what is gone is not among them', async () => {
    const later = await openTenant({ seed: 1, devices: 60, firstDateKey: FIRST_DAY }, 20261120);
    try {
      const second = await later.harvestDay();
      expect(revisionOf(second, LINE_OF_BUSINESS_APP)).toMatchObject({
        naturalKey: `${LINE_OF_BUSINESS_APP}:2`,
        values: { revision: 2, modifiedTime: '2026-11-15T12:00:00' },
      });
      expect(revisionOf(second, RETIRED_APP)).toBeUndefined();
    } finally {
      await later.close();
    }
  });

  test('whose list is gone are a loud problem of theirs alone', async () => {
    const { report } = await tenant.harvestDay({ faults: [permanentFault('mobileApps', 'missing-segment')] });
    expect(report.completeness.get('appRevisions')).toBe('failed');
    expect(report.completeness.get('devices')).toBe('complete');
    expect(report.problems.map(({ source }) => source)).toContain('beta/deviceAppManagement/mobileApps');
  });
});

describe('installations', () => {
  test('are not looked for where exports are off', () => {
    const { report, requests } = plain;
    expect(report.completeness.has('mobileAppInstallStatusCounts')).toBe(false);
    expect(requests.filter((line) => line.includes('exportJobs'))).toEqual([]);
  });

  test('are counted by kind of device, state and error from a row for each device', () => {
    const rows = countsOf(helped);
    expect(helped.report.completeness.get('mobileAppInstallStatusCounts')).toBe('complete');
    expect(sum(rows)).toBe([...truth().values()].reduce((total, count) => total + count, 0));
    const failed = [...truth()].filter(([words]) => words.includes(' windowsRT failed '));
    expect(failed.length).toBeGreaterThan(0);
    for (const [words, count] of failed) {
      const [appId, , , errorCode] = words.split(' ');
      expect(rows).toContainEqual({
        appKey: `${appId}:1`,
        deviceTypeKey: 1,
        appInstallStateKey: 2,
        errorCode: Number(errorCode),
        count,
      });
    }
    expect(rows.every(({ appKey }) => !String(appKey).startsWith(WIN32_APP))).toBe(true);
  });

  test('are what the counts by app say where that report cannot be had; codes and kinds stay open', async () => {
    const faults = [permanentFault('OrgDeviceInstallStatus', 'job-failed')];
    const { staging, report } = await tenant.harvestDay({ context: { exports }, faults });
    const rows = staging.rowsOf('mobileAppInstallStatusCounts').map(({ values }) => values);
    expect(report.completeness.get('mobileAppInstallStatusCounts')).toBe('complete');
    expect(report.problems.map(({ message }) => message).join()).toContain("'OrgDeviceInstallStatus'");
    expect(sum(rows)).toBe([...truth().values()].reduce((total, count) => total + count, 0));
    const failed = rows.filter(({ appInstallStateKey }) => appInstallStateKey === 2);
    expect(new Set(failed.map(({ errorCode }) => errorCode))).toEqual(new Set([-1]));
    const kindsOf = (appId: string) =>
      new Set(rows.filter(({ appKey }) => appKey === `${appId}:1`).map((row) => row['deviceTypeKey']));
    // iPhones and iPads are one platform.
    expect(kindsOf(EXPENSES_APP)).toEqual(new Set([-1]));
    expect(kindsOf(LINE_OF_BUSINESS_APP)).toEqual(new Set([1]));
    expect(rows.every(({ count }) => Number(count) > 0)).toBe(true);
  });

  test('are absent, not zero, on a day without either report', async () => {
    const faults = [permanentFault('exportJobs(', 'job-failed')];
    const { staging, report } = await tenant.harvestDay({ context: { exports }, faults });
    expect(staging.rowsOf('mobileAppInstallStatusCounts')).toEqual([]);
    expect(report.completeness.get('mobileAppInstallStatusCounts')).toBe('failed');
  });
});

describe('exports that Graph refuses', () => {
  test('are one problem of the run, and nothing else is missing', async () => {
    const faults = [permanentFault(/exportJobs$/, 'forbidden')];
    const harvest = await tenant.harvestDay({ context: { exports }, faults });
    const problems = harvest.report.problems.filter(({ source }) => source.includes('exportJobs'));
    expect(problems).toEqual([
      {
        source: 'v1.0/deviceManagement/reports/exportJobs',
        message: expect.stringContaining("set exports to 'off'"),
      },
    ]);
    const failed = [...harvest.report.completeness].filter(([, each]) => each === 'failed');
    expect(failed).toEqual([['mobileAppInstallStatusCounts', 'failed']]);
  });
});

describe('what lists of devices leave out', () => {
  test('comes from the inventory report beside them', () => {
    const { staging } = helped;
    const enriched = new Map(
      staging.enrichmentsOf('devices').map(({ naturalKey, values }) => [naturalKey, values]),
    );
    for (const { managed } of tenant.tenant.devices.values()) {
      const { ethernetMacAddress, iccid, hardwareInformation } = managed;
      const values = enriched.get(managed.id)!;
      const known = Object.entries(values).filter(([, value]) => typeof value !== 'symbol');
      expect({
        ethernetMacAddress,
        iccid,
        cellularTechnology: hardwareInformation.cellularTechnology,
        ipAddressV4Wifi: hardwareInformation.ipAddressV4,
        subnetAddressV4Wifi: hardwareInformation.subnetAddress,
      }).toMatchObject(Object.fromEntries(known));
    }
    const cellular = [...enriched.values()].filter(({ cellularTechnology }) => cellularTechnology === 'GSM');
    expect(cellular.length).toBeGreaterThan(5);
  });
});

describe('an encryption report that cannot be listed', () => {
  const faults = [permanentFault('managedDeviceEncryptionStates', '504')];
  const statesOf = ({ staging }: TenantHarvest) =>
    new Map(staging.rowsOf('deviceEncryptionStates').map(({ values }) => [values['deviceKey'], values]));

  test('is read from its export, which says the same of Windows', async () => {
    const listed = statesOf(plain);
    const harvest = await tenant.harvestDay({ context: { exports }, faults });
    const exported = statesOf(harvest);
    expect(harvest.report.completeness.get('deviceEncryptionStates')).toBe('complete');
    expect(harvest.report.problems.map(({ message }) => message).join()).toContain('Its export was read');
    expect(exported.size).toBe(listed.size);
    const windows = [...tenant.tenant.devices.values()].filter(({ platform }) => platform === 'windows');
    for (const { managed } of windows) expect(exported.get(managed.id)).toEqual(listed.get(managed.id));
    const mac = [...tenant.tenant.devices.values()].find(
      ({ platform, encryption }) => platform === 'macOS' && encryption !== null,
    )!;
    expect(exported.get(mac.managed.id)).toMatchObject({ fileVaultStateMask: null });
    const { encryptionStateKey } = listed.get(mac.managed.id)!;
    expect(exported.get(mac.managed.id)).toMatchObject({ encryptionStateKey });
  });

  test('is absent where there is no export either', async () => {
    const { report } = await tenant.harvestDay({
      context: { exports },
      faults: [...faults, permanentFault(/exportJobs$/, 'forbidden')],
    });
    expect(report.completeness.get('deviceEncryptionStates')).toBe('failed');
  });
});
