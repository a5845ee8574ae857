// Enrolments of the day before a run: the log of failures and the devices that came in, counted together or not at all.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dateKeyOf, epochDayOf } from '../../fixtures/tenant/calendar.ts';
import { EVENT_DAYS } from '../../fixtures/tenant/edge-cases/scripted-events.ts';
import {
  permanentFault,
  openTenant,
  type TenantHarvest,
  type HarvestedTenant,
  type TenantHarvestOptions,
} from './harvested-tenant.ts';

const FIRST_DAY = 20261101;
const dayAfter = (days: number): number => dateKeyOf(epochDayOf(FIRST_DAY) + days);

const tenants: HarvestedTenant[] = [];
const tenantOn = async (day: number): Promise<HarvestedTenant> => {
  const tenant = await openTenant({ seed: 1, devices: 0, firstDateKey: FIRST_DAY }, day);
  tenants.push(tenant);
  return tenant;
};
afterAll(() => Promise.all(tenants.map((tenant) => tenant.close())));

const countsOf = ({ staging }: TenantHarvest) =>
  staging.rowsOf('enrollmentActivities').map(({ values }) => Object.values(values));

describe('failures', () => {
  let tenant: HarvestedTenant;
  const harvestDay = (options?: TenantHarvestOptions) => tenant.harvestDay(options);
  beforeAll(async () => {
    tenant = await tenantOn(dayAfter(EVENT_DAYS.enrolmentsFailed));
  });

  test('count alike ones of the day together, each second of it and no other', async () => {
    const harvest = await harvestDay();
    // Way of enrolment, kind of device, outcome, category, reason, version, count.
    expect(countsOf(harvest)).toEqual([
      [7, 1, 2, 4, 1, '10.0.22631.2861', 2],
      [11, -1, 2, 7, 100_000, '', 1],
      [0, -1, 2, 0, -1, '', 1],
    ]);
    expect(harvest.report.completeness.get('enrollmentActivities')).toBe('complete');
  });

  test('give a reason that no list names a row of its own', async () => {
    const { staging, report } = await harvestDay();
    expect(staging.rowsOf('enrollmentFailureReasons').map(({ values }) => values)).toEqual([
      { enrollmentFailureReasonKey: 100_000, enrollmentFailureReasonName: 'ClockSkewTooLarge' },
    ]);
    expect(report.problems.map(({ source }) => source)).toContain('enrollmentFailureReasons');
  });

  test('are counted once where the log has to be read again', async () => {
    const fault = { match: /troubleshootingEvents/, answer: 'expired-page-token' } as const;
    const { staging } = await harvestDay({ faults: [fault] });
    expect(staging.rowsOf('enrollmentActivities')).toHaveLength(3);
  });

  test.each([
    ['the log is refused', 'troubleshootingEvents', 'forbidden'],
    ['devices cannot be counted', 'managedDeviceOverview', '503'],
  ] as const)(
    'are not counted when %s: half of them would look like a good day',
    async (_, match, answer) => {
      const { staging, report } = await harvestDay({ faults: [permanentFault(match, answer)] });
      expect(report.completeness.get('enrollmentActivities')).toBe('failed');
      expect(staging.rowsOf('enrollmentActivities')).toEqual([]);
    },
  );
});

test('a device that enrolled on the day before is a success, on that snapshot day only', async () => {
  const [before, on, after] = await Promise.all(
    [-1, 0, 1].map(async (offset) =>
      (await tenantOn(dayAfter(EVENT_DAYS.laptopEnrolledAgain + offset))).harvestDay(),
    ),
  );
  expect([before, on, after].map((harvest) => harvest && countsOf(harvest))).toEqual([
    [],
    [[5, 1, 1, 100, 100, '10.0.26100.4349', 1]],
    [],
  ]);
});
