// How policies fare: counts of their own, reports where they have none, and the grace periods that neither reports.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { outcomesOfReport } from '../../etl/streams/policy-outcomes.ts';
import { CATALOG_BITLOCKER } from '../../fixtures/tenant/policies.ts';
import { countOverviews, statusOn, type StatusCounts } from '../../fixtures/tenant/overviews.ts';
import { permanentFault, openTenant, type TenantHarvest, type HarvestedTenant } from './harvested-tenant.ts';

const WINDOWS_COMPLIANCE = '2c9f0b11-6a3d-4e77-8c21-90ab12cd3e66';
const EDGE_DEFAULTS = '3e5a7c90-4b12-4d86-a7f3-55cc66dd7789';
const LINUX_COMPLIANCE = '06a6c7e8-9b3f-421d-94e6-f392951722cc';
const BOTH_REPORTS = /reports\/get(Configuration|Compliance)Policy/;

let tenant: HarvestedTenant;
let harvest: TenantHarvest;
beforeAll(async () => {
  // Large enough for conflicts and for grace periods, small enough that Graph lists whose.
  tenant = await openTenant({ seed: 12, devices: 100, firstDateKey: 20261110 }, 20261120);
  harvest = await tenant.harvestDay();
});
afterAll(() => tenant.close());

const countsOf = (id: string): StatusCounts => countOverviews(tenant.tenant).policies.get(id)!.devices;

/** Of the policy in the version in force. */
const rowOf = ({ staging }: TenantHarvest, collection: string, id: string) =>
  staging.rowsOf(collection).find(({ values }) => String(values['policyKey']).startsWith(`${id}:`))?.values;

const kindsOf = ({ staging }: TenantHarvest): readonly unknown[] =>
  staging.rowsOf('policyDeviceActivities').map(({ values }) => values['policyTypeKey']);

describe('a policy of the settings catalog', () => {
  test.each([CATALOG_BITLOCKER, EDGE_DEFAULTS])('is counted by a report: %s', (id) => {
    const { compliant, remediated, error, conflict, nonCompliant } = countsOf(id);
    expect(rowOf(harvest, 'policyTypeActivities', id)).toMatchObject({
      pending: null,
      succeeded: compliant + remediated,
      error: error + conflict,
      failed: nonCompliant,
    });
  });

  test('is never asked for counts of its own, which are zeros', () => {
    const counts = harvest.requests.filter((each) => /Status(Overview|Summary)$/.test(each));
    expect(counts.length).toBeGreaterThan(0);
    expect(counts.join()).not.toContain(EDGE_DEFAULTS);
  });

  test('is not a row of zeros where the report has nothing, nor is its kind', async () => {
    const { staging, report } = await tenant.harvestDay({
      faults: [permanentFault(BOTH_REPORTS, 'forbidden')],
    });
    expect(rowOf({ ...harvest, staging }, 'policyTypeActivities', EDGE_DEFAULTS)).toBeUndefined();
    expect(kindsOf({ ...harvest, staging })).not.toContain(1001);
    expect(kindsOf({ ...harvest, staging })).toContain(1050);
    expect(report.completeness.get('policyTypeActivities')).toBe('partial');
    expect(report.completeness.get('policyDeviceActivities')).toBe('partial');
    expect(report.completeness.get('policyUserActivities')).toBe('complete');
  });

  test('of which the report has zeros only was not counted yet', () => {
    const zeros = {
      PolicyId: EDGE_DEFAULTS,
      NumberOfCompliantDevices: 0,
      NumberOfNonCompliantDevices: 0,
      NumberOfErrorDevices: 0,
      NumberOfConflictDevices: 0,
      NumberOfNotApplicableDevices: 0,
    };
    expect(outcomesOfReport(zeros)).toBeNull();
    expect(outcomesOfReport({ ...zeros, NumberOfNotApplicableDevices: 3 })).toMatchObject({ succeeded: 0 });
  });

  test('makes a sum by kind, as do templates and Linux', () => {
    expect(kindsOf(harvest)).toEqual(expect.arrayContaining([1001, 1010, 1030, 1040]));
    expect(harvest.report.completeness.get('policyDeviceActivities')).toBe('complete');
  });
});

test('a conflict is an error in the counts of a policy, as it is in a report', () => {
  const conflicting = tenant.tenant.policies.filter(
    ({ list, resource }) => list === 'deviceConfigurations' && countsOf(resource.id).conflict > 0,
  );
  expect(conflicting.length).toBeGreaterThan(0);
  for (const { resource } of conflicting) {
    const { error, conflict } = countsOf(resource.id);
    expect(rowOf(harvest, 'policyTypeActivities', resource.id)).toMatchObject({ error: error + conflict });
  }
});

describe('devices in their grace period', () => {
  const inGrace = (id: string): number => {
    const policy = tenant.tenant.policies.find(({ resource }) => resource.id === id)!;
    return [...tenant.tenant.devices.values()].filter(
      (device) =>
        statusOn(policy, device) === 'nonCompliant' &&
        device.managed.complianceState === 'inGracePeriod' &&
        device.managed.complianceGracePeriodExpirationDateTime > '2026-11-20T00:00:00Z',
    ).length;
  };

  test('are distinguished from those that have no time left', () => {
    const grace = inGrace(WINDOWS_COMPLIANCE);
    expect(grace).toBeGreaterThan(0);
    expect(
      rowOf(harvest, 'compliancePolicyStatusDevicePerPolicyActivities', WINDOWS_COMPLIANCE),
    ).toMatchObject({
      policyPlatformKey: 6,
      inGracePeriod: grace,
      nonCompliant: countsOf(WINDOWS_COMPLIANCE).nonCompliant - grace,
    });
  });

  test('are not known where the list of statuses ends early', async () => {
    const fault = { match: `${WINDOWS_COMPLIANCE}/deviceStatuses`, answer: 'last-page' } as const;
    const cut = await tenant.harvestDay({ faults: [fault] });
    expect(rowOf(cut, 'compliancePolicyStatusDevicePerPolicyActivities', WINDOWS_COMPLIANCE)).toMatchObject({
      inGracePeriod: null,
      nonCompliant: countsOf(WINDOWS_COMPLIANCE).nonCompliant,
    });
  });

  test('are not asked for where every device complies', () => {
    const sound = tenant.tenant.policies.filter(
      ({ list, resource }) => list === 'deviceCompliancePolicies' && countsOf(resource.id).nonCompliant === 0,
    );
    for (const { resource } of sound) {
      expect(harvest.requests.join()).not.toContain(`${resource.id}/deviceStatuses`);
      expect(rowOf(harvest, 'compliancePolicyStatusDevicePerPolicyActivities', resource.id)).toMatchObject({
        inGracePeriod: 0,
      });
    }
  });
});

test('Linux is judged by a report that knows neither grace periods nor devices without a verdict', () => {
  const { compliant, notApplicable, nonCompliant } = countsOf(LINUX_COMPLIANCE);
  expect(rowOf(harvest, 'compliancePolicyStatusDevicePerPolicyActivities', LINUX_COMPLIANCE)).toMatchObject({
    policyPlatformKey: 1000,
    unknown: null,
    compliant,
    notApplicable,
    inGracePeriod: null,
    nonCompliant,
  });
});
