// App protection: copies of apps as they registered, who checked in, and what protects them.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  CHECKED_IN_AT_MIDNIGHT,
  EDGE_ON_WINDOWS,
  CHECKED_IN_TOO_EARLY,
  MEGANS_EXPENSES,
  MEGANS_OUTLOOK,
  NEVER_CHECKED_IN_COPY,
  UNFLAGGED_COPY,
  ROOTED_COPY,
  UNKNOWN_USERS_COPY,
  COPY_WITHOUT_APP,
} from '../../fixtures/tenant/app-registrations.ts';
import { MEGAN } from '../../fixtures/tenant/edge-cases/edge-case-users.ts';
import { BOARD_PROTECTION, IOS_PROTECTION } from '../../fixtures/tenant/policies.ts';
import { permanentFault, openTenant, type TenantHarvest, type HarvestedTenant } from './harvested-tenant.ts';

let tenant: HarvestedTenant;
beforeAll(async () => {
  tenant = await openTenant({ seed: 1, devices: 60, firstDateKey: 20261119 }, 20261120, 5);
});
afterAll(() => tenant.close());

const instanceOf = ({ staging }: TenantHarvest, id: string) =>
  staging.rowsOf('mamApplicationInstances').find(({ naturalKey }) => naturalKey === id)?.values;
const checkinOf = ({ staging }: TenantHarvest, id: string) =>
  staging.rowsOf('mamCheckins').find(({ values }) => values['applicationInstanceKey'] === id)?.values;
const policyRequests = (harvest: TenantHarvest) =>
  harvest.requests.filter((each) => each.endsWith('/appliedPolicies'));

describe('a harvest', () => {
  let harvest: TenantHarvest;
  beforeAll(async () => {
    harvest = await tenant.harvestDay({ context: {} });
  });

  test('has every copy that registered, whether it checked in or not', () => {
    expect(instanceOf(harvest, MEGANS_OUTLOOK)).toEqual({
      userId: MEGAN,
      applicationInstanceId: MEGANS_OUTLOOK,
      mamApplicationId: 'com.microsoft.Office.Outlook',
      applicationVersion: '4.2540.0',
      createdDate: '2016-02-02T08:00:00',
      platform: 2,
      platformVersion: '18.5',
      sdkVersion: '20.4.0',
      mamDeviceId: instanceOf(harvest, MEGANS_EXPENSES)?.['mamDeviceId'],
      mamDeviceType: 'iPhone',
      mamDeviceName: 'Megan\u2019s iPhone',
    });
    expect(instanceOf(harvest, NEVER_CHECKED_IN_COPY)).toMatchObject({ mamDeviceName: null });
    expect(instanceOf(harvest, UNFLAGGED_COPY)).toMatchObject({ applicationVersion: null, sdkVersion: null });
    expect(instanceOf(harvest, COPY_WITHOUT_APP)).toMatchObject({ userId: null, mamApplicationId: null });
    expect(instanceOf(harvest, EDGE_ON_WINDOWS)).toMatchObject({ platform: 1 });
    expect(instanceOf(harvest, UNKNOWN_USERS_COPY)).toMatchObject({ platform: 100_000 });
  });

  test('has every app once, by its id', () => {
    const apps = harvest.staging.rowsOf('mamApplications').map(({ naturalKey }) => naturalKey);
    expect(new Set(apps).size).toBe(apps.length);
    expect(apps).toEqual(expect.arrayContaining(['com.microsoft.Office.Outlook', 'com.microsoft.edge']));
  });

  test('names an app as the tenant’s catalogue does, and none that is not in it', () => {
    const names = new Map(
      harvest.staging.rowsOf('mamApplications').map(({ naturalKey, values }) => [naturalKey, values]),
    );
    expect(names.get('com.contoso.expenses')).toMatchObject({ mamApplicationName: 'Contoso Expenses' });
    expect(names.get('com.microsoft.edge')).toMatchObject({ mamApplicationName: null });
  });

  test.each([
    ['no reason against it', MEGANS_OUTLOOK, 1],
    ['the word "none"', UNFLAGGED_COPY, 1],
    ['two reasons', ROOTED_COPY, 2],
    ['no report', EDGE_ON_WINDOWS, -1],
  ])('judges a device with %s', (_, id, health) => {
    expect(checkinOf(harvest, id)).toMatchObject({ deviceHealthKey: health });
  });

  test('counts as check-ins those since the midnight before the last', () => {
    expect(checkinOf(harvest, CHECKED_IN_AT_MIDNIGHT)).toMatchObject({
      lastCheckInDate: '2026-11-19T00:00:00',
    });
    expect(checkinOf(harvest, CHECKED_IN_TOO_EARLY)).toBeUndefined();
    expect(checkinOf(harvest, NEVER_CHECKED_IN_COPY)).toBeUndefined();
    expect(checkinOf(harvest, COPY_WITHOUT_APP)).toMatchObject({ userKey: null, mamApplicationKey: null });
  });

  test('knows what protects a copy: one policy, several merged, or none', () => {
    const policies = new Map(
      harvest.staging.rowsOf('policies').map(({ naturalKey, values }) => [values['policyId'], naturalKey]),
    );
    const [ios, board] = [String(policies.get(IOS_PROTECTION)), String(policies.get(BOARD_PROTECTION))];
    const effective = new Map(
      harvest.staging
        .rowsOf('mamEffectivePolicies')
        .map(({ naturalKey, values }) => [naturalKey, values['realPolicyKey']]),
    );
    const merged = [ios, board].sort().join('+');
    // Configuration reaches Outlook as well, and protects nothing.
    expect(checkinOf(harvest, MEGANS_OUTLOOK)).toMatchObject({ effectiveAppliedPolicyKey: ios });
    expect(checkinOf(harvest, MEGANS_EXPENSES)).toMatchObject({ effectiveAppliedPolicyKey: merged });
    expect(checkinOf(harvest, ROOTED_COPY)).toMatchObject({ effectiveAppliedPolicyKey: null });
    expect([...effective].sort()).toEqual(
      [
        [ios, ios],
        [board, board],
        [merged, null],
      ].sort(),
    );
  });

  test('asks only those that checked in what protects them', () => {
    expect(policyRequests(harvest)).toHaveLength(harvest.staging.rowsOf('mamCheckins').length);
    expect(policyRequests(harvest).join()).not.toContain(CHECKED_IN_TOO_EARLY);
  });
});

test('where more checked in than may be asked, none is, and every check-in is there all the same', async () => {
  const whole = await tenant.harvestDay({ context: {} });
  const harvest = await tenant.harvestDay({ context: { mostAppsAsked: 8 } });
  expect(policyRequests(harvest)).toEqual([]);
  expect(harvest.staging.rowsOf('mamCheckins')).toHaveLength(whole.staging.rowsOf('mamCheckins').length);
  expect(checkinOf(harvest, MEGANS_OUTLOOK)).toMatchObject({ effectiveAppliedPolicyKey: null });
  expect(harvest.staging.rowsOf('mamEffectivePolicies')).toHaveLength(2);
});

describe('a harvest in which Graph', () => {
  const ofMam = ({ report }: TenantHarvest) =>
    ['mamApplications', 'mamApplicationInstances', 'mamCheckins', 'mamEffectivePolicies'].map((name) =>
      report.completeness.get(name),
    );

  test('refuses the copies has no check-ins, and still the policies', async () => {
    const fault = permanentFault('managedAppRegistrations', 'forbidden');
    const harvest = await tenant.harvestDay({ faults: [fault], context: {} });
    expect(ofMam(harvest)).toEqual(['failed', 'failed', 'failed', 'complete']);
  });

  test('loses them half-way reports no check-ins rather than half of a day', async () => {
    const fault = { match: 'managedAppRegistrations?', answer: '504', times: 1_000 } as const;
    const harvest = await tenant.harvestDay({ faults: [fault], context: {} });
    expect(ofMam(harvest)).toEqual(['partial', 'partial', 'failed', 'complete']);
  });

  test.each([
    ['any copy', '/appliedPolicies'],
    ['one copy, of which nothing would look like no protection', `${MEGANS_EXPENSES}/appliedPolicies`],
  ])('does not say what protects %s is one problem, and leaves it open for all', async (_, match) => {
    const harvest = await tenant.harvestDay({ faults: [permanentFault(match, 'forbidden')], context: {} });
    expect(ofMam(harvest)).toEqual(['complete', 'complete', 'complete', 'complete']);
    const problems = harvest.report.problems.filter(({ source }) => source.endsWith('appliedPolicies'));
    expect(problems).toHaveLength(1);
    expect(checkinOf(harvest, MEGANS_OUTLOOK)).toMatchObject({ effectiveAppliedPolicyKey: null });
    expect(checkinOf(harvest, MEGANS_EXPENSES)).toMatchObject({ effectiveAppliedPolicyKey: null });
  });

  test('keeps the names of apps back keeps those that are known', async () => {
    const existing = {
      mamApplications: [{ mamApplicationId: 'com.microsoft.edge', mamApplicationName: 'Microsoft Edge' }],
    };
    const { staging } = await tenant.harvestDay({
      existing,
      faults: [permanentFault('deviceAppManagement/mobileApps', '503')],
    });
    const edge = staging
      .rowsOf('mamApplications')
      .find(({ naturalKey }) => naturalKey === 'com.microsoft.edge');
    expect(edge?.values).toMatchObject({ mamApplicationName: 'Microsoft Edge' });
  });
});
