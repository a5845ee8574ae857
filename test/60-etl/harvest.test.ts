// The harvest of the odd tenant over HTTP: what becomes of its odd ones, and of runs in which Graph fails in parts.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Fault } from '../../fixtures/graph-emulator/faults.ts';
import {
  BEYOND_2_53,
  FIVE_FLAGS,
  JAMF_MAC,
  LINUX_KIOSK,
  LOBBY_PC,
  MEGANS_LAPTOP,
  SHARED_PC,
  SURFACE_HUB,
  WIPED_LAPTOP,
} from '../../fixtures/tenant/edge-cases/edge-case-devices.ts';
import { UNLISTED_OWNER, MEGAN } from '../../fixtures/tenant/edge-cases/edge-case-users.ts';
import { CATALOG_BITLOCKER, SILENT_BITLOCKER } from '../../fixtures/tenant/policies.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { NOT_REPORTED } from '../../src/engines/staging.ts';
import { permanentFault, openTenant, type TenantHarvest, type HarvestedTenant } from './harvested-tenant.ts';

const odd = (ordinal: number): string => `7d000000-0000-4000-8000-${String(ordinal).padStart(12, '0')}`;

let tenant: HarvestedTenant;
const harvestDay = (...faults: readonly Fault[]): Promise<TenantHarvest> => tenant.harvestDay({ faults });

/** The values of the last row about a device, as the stage would keep it. */
function rowOf({ staging }: TenantHarvest, collection: string, deviceId: string) {
  const rows = staging
    .rowsOf(collection)
    .filter((row) => (row.naturalKey ?? row.values['deviceKey']) === deviceId);
  return rows.at(-1)?.values;
}

beforeAll(async () => {
  tenant = await openTenant({ seed: 1, devices: 60, firstDateKey: 20261119 }, 20261120);
});
afterAll(() => tenant.close());

describe('a complete harvest', () => {
  let harvest: TenantHarvest;
  beforeAll(async () => {
    harvest = await harvestDay();
  });

  test('is complete in every collection, lookups aside', () => {
    const incomplete = [...harvest.report.completeness].filter(([, each]) => each !== 'complete');
    expect(incomplete.sort()).toEqual([
      ['appTypes', 'partial'],
      ['complianceStates', 'partial'],
      ['deviceEnrollmentTypes', 'partial'],
      ['deviceTypes', 'partial'],
      ['enrollmentFailureReasons', 'partial'],
      ['intuneManagementExtensionHealthStates', 'partial'],
      ['mamPlatforms', 'partial'],
      ['managementAgentTypes', 'partial'],
    ]);
  });

  test('gives every row a value for each property that the merge does not fill', () => {
    for (const [name, { properties }] of MODEL.entities) {
      const sourced = Object.keys(properties).filter((property) => properties[property]!.role === undefined);
      for (const { values } of harvest.staging.rowsOf(name))
        expect(Object.keys(values).sort()).toEqual(sourced.sort());
    }
  });

  test('walks all pages and leaves Jamf out', () => {
    expect(harvest.staging.rowsOf('devices')).toHaveLength(59);
    expect(rowOf(harvest, 'devices', JAMF_MAC)).toBeUndefined();
    expect(rowOf(harvest, 'deviceEncryptionStates', JAMF_MAC)).toBeUndefined();
  });

  test('has of a device what Graph says, in the words of the warehouse', () => {
    expect(rowOf(harvest, 'devices', MEGANS_LAPTOP)).toMatchObject({
      deviceName: 'CONTOSO-LT-0042',
      deviceTypeKey: 1,
      ownerTypeKey: 1,
      complianceStateKey: 1,
      deviceEnrollmentTypeKey: 5,
      managementAgentKey: 2,
      userId: MEGAN,
      primaryUser: MEGAN,
      windowsOsEdition: '4',
      totalStorageSpaceInBytes: 511_101_108_224,
      // A list never reports it.
      ethernetMacAddress: NOT_REPORTED,
      office365Version: null,
    });
  });

  test('turns nothing into null: no user, no serial, no storage, no date', () => {
    expect(rowOf(harvest, 'devices', LINUX_KIOSK)).toMatchObject({
      userId: null,
      serialNumber: null,
      azureADDeviceId: null,
      totalStorageSpaceInBytes: null,
      freeStorageSpaceInBytes: null,
      deviceCategoryKey: null,
      deviceTypeKey: 22,
    });
    expect(rowOf(harvest, 'devices', odd(8))).toMatchObject({
      enrolledDateTime: null,
      lastSyncDateTime: null,
    });
    expect(rowOf(harvest, 'devices', odd(18))).toMatchObject({ userId: null });
  });

  test('counts bytes beyond what a double can', () => {
    expect(rowOf(harvest, 'devices', BEYOND_2_53)).toMatchObject({
      totalStorageSpaceInBytes: 2n ** 53n + 1n,
    });
  });

  test('makes a row for each word of Graph that nobody knew', () => {
    expect(rowOf(harvest, 'devices', odd(9))).toMatchObject({
      deviceTypeKey: 100_000,
      complianceStateKey: 100_000,
      managementStateKey: -1,
    });
    expect(harvest.staging.rowsOf('deviceTypes').map(({ values }) => values['deviceTypeName'])).toEqual([
      'eyewear',
    ]);
    expect(harvest.report.problems.map(({ source }) => source)).toContain('deviceTypes');
  });

  test('has everyone with a licence or a device, and a placeholder for whom the directory does not know', () => {
    const users = new Map(
      harvest.staging.rowsOf('users').map(({ values }) => [values['displayName'], values]),
    );
    expect(users.get('Grace Period')).toMatchObject({ intuneLicensed: true });
    expect(users.get('Pupil Edu')).toMatchObject({ intuneLicensed: true });
    expect(users.has('Locked Out')).toBe(false);
    expect(users.has('Room 3')).toBe(false);
    expect(users.get(null)).toEqual({
      userId: UNLISTED_OWNER,
      userEmail: null,
      userPrincipalName: null,
      displayName: null,
      intuneLicensed: null,
    });
    const associations = harvest.staging
      .rowsOf('userDeviceAssociations')
      .map(({ values }) => values['deviceKey']);
    expect(associations).toContain(MEGANS_LAPTOP);
    expect(associations).not.toContain(LINUX_KIOSK);
  });

  test('numbers policies by version, and points facts at the version in force', () => {
    const policy = harvest.staging
      .rowsOf('policies')
      .find(({ values }) => values['policyId'] === SILENT_BITLOCKER);
    expect(policy).toMatchObject({ naturalKey: `${SILENT_BITLOCKER}:7`, values: { policyVersion: 7 } });
    const facts = harvest.staging.rowsOf('policyTypeActivities').map(({ values }) => values['policyKey']);
    expect(facts).toContain(`${SILENT_BITLOCKER}:7`);
    expect(rowOf(harvest, 'deviceEncryptionPolicies', MEGANS_LAPTOP)).toMatchObject({
      policyKey: `${SILENT_BITLOCKER}:7`,
    });
  });

  test('shows what a policy of the settings catalog says about BitLocker, and asks none but those of Windows', () => {
    const settings = harvest.staging
      .rowsOf('encryptionPolicySettings')
      .filter(({ values }) => String(values['policyKey']).startsWith(CATALOG_BITLOCKER))
      .map(({ values }) => [values['settingName'], values['configuredValue'], values['isSatisfied']]);
    expect(settings).toEqual([
      ['device_vendor_msft_bitlocker_requiredeviceencryption', '1', true],
      ['device_vendor_msft_bitlocker_allowwarningforotherdiskencryption', '0', null],
      ['device_vendor_msft_bitlocker_allowstandarduserencryption', '1', null],
    ]);
    expect(harvest.requests.filter((each) => each.endsWith('/settings'))).toHaveLength(2);
  });

  test('sums outcomes by kind of policy', () => {
    const sumOf = (collection: string, key: string, value: unknown) =>
      harvest.staging
        .rowsOf(collection)
        .filter(({ values }) => values[key] === value)
        .reduce((sum, { values }) => sum + Number(values['succeeded']) + Number(values['pending']), 0);
    // Both BitLocker profiles are of type 1050.
    expect(sumOf('policyDeviceActivities', 'policyTypeKey', 1050)).toBe(
      sumOf('policyTypeActivities', 'policyTypeKey', 1050),
    );
    for (const collection of [
      'deviceConfigurationProfileDeviceActivities',
      'deviceConfigurationProfileUserActivities',
      'compliancePolicyStatusDeviceActivities',
    ]) {
      expect(harvest.staging.rowsOf(collection)).toHaveLength(1);
    }
  });

  test('has all encryption details of a device with five flags', () => {
    expect(rowOf(harvest, 'deviceEncryptionStates', FIVE_FLAGS)).toMatchObject({
      advancedBitLockerStateMask: 32768 + 1 + 16 + 512 + 4096,
      profileStateSummaryKey: 5,
      fileVaultStateMask: null,
      silentEncryptionEligibleForAdmins: false,
      silentEncryptionFailedRuleForAdmins: 'startupPinNotRequired',
    });
    const reasons = harvest.staging
      .rowsOf('deviceEncryptionStatusDetails')
      .filter(({ values }) => values['deviceKey'] === FIVE_FLAGS);
    expect(reasons.map(({ values }) => values['encryptionStatusDetailKey'])).toEqual([1, 5, 10, 13, 16]);
  });

  test.each([
    ['Secure Boot attested', MEGANS_LAPTOP, true, null],
    ['Secure Boot attested in small letters', WIPED_LAPTOP, true, null],
    ['no attestation', LOBBY_PC, null, null],
    ['Secure Boot off', SHARED_PC, null, null],
    ['Secure Boot attested, but 200 keys', odd(21), false, 'roomForRecoveryKey'],
  ])('says who can be encrypted silently: %s', (_, deviceId, eligible, failedRule) => {
    expect(rowOf(harvest, 'deviceEncryptionStates', deviceId)).toMatchObject({
      silentEncryptionEligibleForAdmins: eligible,
      silentEncryptionFailedRuleForAdmins: failedRule,
      silentEncryptionEligibleForStandardUsers: eligible,
      silentEncryptionFailedRuleForStandardUsers: failedRule,
    });
  });

  test('keeps the reported readiness beside the derived one', () => {
    // NEVER-SEEN has neither version nor edition, yet the report calls it not ready.
    expect(rowOf(harvest, 'deviceEncryptionStates', odd(8))).toMatchObject({
      encryptionReadinessStateKey: 0,
      derivedReadinessStateKey: 100,
    });
  });

  test('does not know the encryption of a device that the report leaves out', () => {
    expect(rowOf(harvest, 'deviceEncryptionStates', SURFACE_HUB)).toMatchObject({
      encryptionStateKey: -1,
      encryptionReadinessStateKey: -1,
    });
  });

  test('counts recovery keys, and shows no reasons on a Windows too old to tell them', () => {
    expect(rowOf(harvest, 'deviceEncryptionStates', odd(21))).toMatchObject({
      bitLockerRecoveryKeyCount: 200,
      silentEncryptionFailedRuleForAdmins: 'roomForRecoveryKey',
    });
    expect(rowOf(harvest, 'deviceEncryptionStates', odd(10))).toMatchObject({
      advancedBitLockerStateMask: 2,
    });
    expect(rowOf(harvest, 'deviceEncryptionStatusDetails', odd(10))).toBeUndefined();
  });

  test('counts every device once in the trend', () => {
    const counted = harvest.staging
      .rowsOf('encryptionActivities')
      .reduce((sum, { values }) => sum + Number(values['deviceCount']), 0);
    expect(counted).toBe(59);
  });
});

describe('a harvest in which Graph', () => {
  test('forbids the encryption report keeps all the rest', async () => {
    const { report, staging } = await harvestDay(
      permanentFault('managedDeviceEncryptionStates', 'forbidden'),
    );
    const failed = [...report.completeness].filter(([, each]) => each === 'failed').map(([name]) => name);
    expect(failed.sort()).toEqual([
      'deviceEncryptionPolicies',
      'deviceEncryptionStates',
      'deviceEncryptionStatusDetails',
      'encryptionActivities',
    ]);
    expect(staging.rowsOf('encryptionActivities')).toEqual([]);
    const problem = report.problems.find(({ source }) => source.endsWith('managedDeviceEncryptionStates'));
    expect(problem?.message).toContain('permission');
  });

  test('begins the encryption report again still counts every device once in the trend', async () => {
    const fault: Fault = { match: /EncryptionStates\?.*skiptoken/, answer: 'expired-page-token', after: 1 };
    const { report, staging } = await harvestDay(fault);
    expect(report.completeness.get('encryptionActivities')).toBe('complete');
    const counts = staging.rowsOf('encryptionActivities').map(({ values }) => Number(values['deviceCount']));
    expect(counts.reduce((sum, count) => sum + count)).toBe(59);
    expect(staging.rowsOf('deviceEncryptionStates').length).toBeGreaterThan(59);
  });

  test('forbids counting recovery keys is no problem, only a count that is not known', async () => {
    const harvest = await harvestDay(permanentFault('recoveryKeys', 'forbidden'));
    expect(harvest.report.completeness.get('deviceEncryptionStates')).toBe('complete');
    expect(harvest.report.problems.map(({ source }) => source).join()).not.toContain('recoveryKeys');
    expect(rowOf(harvest, 'deviceEncryptionStates', odd(21))).toMatchObject({
      bitLockerRecoveryKeyCount: null,
    });
  });

  test('leaves out the last pages of devices is partial, so that nobody is taken for gone', async () => {
    const { report, staging } = await harvestDay({ match: 'managedDevices?', answer: 'last-page' });
    expect(staging.rowsOf('devices').length).toBeLessThan(59);
    for (const collection of ['devices', 'devicePropertyHistories', 'users', 'deviceEncryptionStates']) {
      expect(report.completeness.get(collection)).toBe('partial');
    }
    expect(report.completeness.get('encryptionActivities')).toBe('failed');
    expect(staging.rowsOf('encryptionActivities')).toEqual([]);
    expect(report.problems.some(({ message }) => message.includes('of 60 enrolled devices'))).toBe(true);
  });

  test('loses the devices half-way keeps what it had', async () => {
    const fault: Fault = { match: 'managedDevices?', answer: '504', after: 1, times: 1_000 };
    const { report, staging } = await harvestDay(fault);
    expect(report.completeness.get('devices')).toBe('partial');
    expect(staging.rowsOf('devices').length).toBeGreaterThan(0);
  });

  test('cannot say how many devices there are proves no deletion', async () => {
    const { report } = await harvestDay(permanentFault('managedDeviceOverview', '503'));
    expect(report.completeness.get('devices')).toBe('partial');
  });

  test('keeps back one overview gives no sum for its kind of policy', async () => {
    const fault = permanentFault(`${SILENT_BITLOCKER}/deviceStatusOverview`, '504');
    const { report, staging } = await harvestDay(fault);
    const kinds = staging.rowsOf('policyDeviceActivities').map(({ values }) => values['policyTypeKey']);
    expect(kinds).not.toContain(1050);
    expect(kinds).toContain(51);
    expect(report.completeness.get('policyDeviceActivities')).toBe('partial');
    expect(report.completeness.get('policyTypeActivities')).toBe('partial');
    expect(report.completeness.get('policyUserActivities')).toBe('complete');
    expect(report.completeness.get('policies')).toBe('complete');
  });

  test('keeps the settings of a catalog policy back keeps the policy', async () => {
    const { report } = await harvestDay(permanentFault(`${CATALOG_BITLOCKER}/settings`, '503'));
    expect(report.completeness.get('encryptionPolicySettings')).toBe('partial');
    expect(report.completeness.get('policies')).toBe('complete');
  });

  test('has taken a list of policies away keeps the others', async () => {
    const { report } = await harvestDay(permanentFault('/intents', 'missing-segment'));
    expect(report.completeness.get('policies')).toBe('partial');
    expect(report.problems.map(({ source }) => source)).toContain('beta/deviceManagement/intents');
  });

  test('keeps the profiles back cannot say who is eligible for silent encryption', async () => {
    const harvest = await harvestDay(permanentFault(/\/deviceConfigurations$/, '504'));
    expect(rowOf(harvest, 'deviceEncryptionStates', FIVE_FLAGS)).toMatchObject({
      silentEncryptionEligibleForAdmins: null,
      silentEncryptionFailedRuleForAdmins: null,
    });
  });

  test.each([
    '429',
    'throttled-500',
    '504',
    'truncated',
    'cut',
    'reset',
    'expired-token',
    'expired-page-token',
  ] as const)('answers a page of devices with %s once comes to the same rows', async (answer) => {
    const fault: Fault = { match: 'managedDevices?', answer, after: 1, retryAfter: '0.01' };
    const { report, staging } = await harvestDay(fault);
    expect(report.completeness.get('devices')).toBe('complete');
    expect(new Set(staging.rowsOf('devices').map(({ naturalKey }) => naturalKey)).size).toBe(59);
  });

  test('gives nothing at all ends with the first reason', async () => {
    await expect(harvestDay(permanentFault(/^\/(v1\.0|beta)\//, 'forbidden'))).rejects.toMatchObject({
      code: 'feed.source-refused',
    });
  });
});

test('progress is reported by source, with the total where Graph knows it', async () => {
  const { observations } = await harvestDay();
  const devices = observations.filter(
    (each) => each.kind === 'run.progress' && each.source.endsWith('/managedDevices'),
  );
  expect(devices.at(-1)).toMatchObject({ rows: 60, total: 60 });
});
