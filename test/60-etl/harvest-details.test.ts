// Details of single devices, requested in batches: which devices are due, and parts that come in any order, wait, fail or are gone.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeIsDetailsDue } from '../../etl/transform/details-due.ts';
import type { TenantDevice } from '../../fixtures/tenant/tenant.ts';
import { permanentFault, openTenant, type TenantHarvest, type HarvestedTenant } from './harvested-tenant.ts';

const DAY = 20261105;
const context = { deviceDetails: 'on' } as const;

let tenant: HarvestedTenant;
let harvest: TenantHarvest;
beforeAll(async () => {
  tenant = await openTenant({ seed: 1, devices: 400, firstDateKey: 20261101 }, DAY);
  harvest = await tenant.harvestDay({ context });
});
afterAll(() => tenant.close());

const memoryOf = ({ staging }: TenantHarvest): ReadonlyMap<string, unknown> =>
  new Map(
    staging
      .enrichmentsOf('devicePropertyHistories')
      .map(({ values }) => [String(values['deviceKey']), values['physicalMemoryInBytes']]),
  );
const device = (id: string): TenantDevice => tenant.tenant.devices.get(id)!;
const batches = ({ requests }: TenantHarvest): number =>
  requests.filter((line) => line.startsWith('POST /beta/$batch')).length;

describe('a run that requests the details of devices', () => {
  test('requests those that are due, twenty in a batch', () => {
    const deviceCount = memoryOf(harvest).size;
    expect(deviceCount).toBeGreaterThan(20);
    expect(deviceCount).toBeLessThan(tenant.tenant.devices.size / 3);
    expect(batches(harvest)).toBe(Math.ceil(deviceCount / 20));
  });

  test('has the details of each device, in whatever order they came', () => {
    for (const [id, memory] of memoryOf(harvest)) {
      const { physicalMemoryInBytes } = device(id).managed;
      // No device has no memory: 0 is what nobody reported.
      if (physicalMemoryInBytes === 0) expect(typeof memory).toBe('symbol');
      else expect(memory).toBe(physicalMemoryInBytes);
    }
    for (const { naturalKey, values } of harvest.staging.enrichmentsOf('devices')) {
      const { ethernetMacAddress, hardwareInformation } = device(naturalKey!).managed;
      expect(values).toMatchObject({ ethernetMacAddress, ipAddressV4Wifi: hardwareInformation.ipAddressV4 });
    }
  });

  test('requests a throttled part again, and no other', async () => {
    const [id] = memoryOf(harvest).keys();
    const faults = [{ match: `managedDevices/${id}?`, answer: '429', retryAfter: '0.01' } as const];
    const again = await tenant.harvestDay({ context, faults });
    expect(memoryOf(again)).toEqual(memoryOf(harvest));
    expect(batches(again)).toBe(batches(harvest) + 1);
  });

  test.each([
    ['throttles for ever', '429'],
    ['refuses', 'forbidden'],
  ] as const)('leaves what Graph %s as it was known, and says how much that is', async (_, answer) => {
    const [id = ''] = memoryOf(harvest).keys();
    const faults = [{ ...permanentFault(`managedDevices/${id}?`, answer), retryAfter: '0.01' }];
    const { staging, report } = await tenant.harvestDay({ context, faults });
    expect(staging.enrichmentsOf('devices').map(({ naturalKey }) => naturalKey)).not.toContain(id);
    expect(report.problems.map(({ message }) => message).join()).toContain('did not answer for 1 of');
    expect(report.completeness.get('devices')).toBe('complete');
  });

  test('continues without details where batches are refused', async () => {
    const { report } = await tenant.harvestDay({ context, faults: [permanentFault('$batch', 'forbidden')] });
    expect(report.completeness.get('devices')).toBe('complete');
    expect(report.problems.map(({ source }) => source)).toContain(
      'beta/deviceManagement/managedDevices/{id}',
    );
  });

  test('is not the default', async () => {
    expect(batches(await tenant.harvestDay())).toBe(0);
  });
});

describe('the details of a device', () => {
  const due = makeIsDetailsDue(20261105);
  const known = { enrolled: '2025-01-01T00:00:00', lastSync: '2026-11-04T10:00:00' };
  const days = [20261105, 20261106, 20261107, 20261108, 20261109, 20261110, 20261111];

  test('are due once in seven days', () => {
    for (const id of ['5b0c6d1e-2f7a-4c39-9d0e-6a1f0b7c8d11', 'no guid at all']) {
      const dueDays = days.filter((each) => makeIsDetailsDue(each)({ ...known, id }));
      expect(dueDays).toHaveLength(1);
    }
  });

  test('are due when it is new, and not when it has not synced lately', () => {
    const ids = Array.from({ length: 7 }, (_, index) => `0000000${index}`);
    const all = (times: Partial<typeof known>) => ids.filter((id) => due({ ...known, ...times, id })).length;
    expect(all({})).toBe(1);
    expect(all({ enrolled: '2026-11-04T10:00:00' })).toBe(7);
    expect(all({ lastSync: '2026-10-20T10:00:00' })).toBe(0);
  });
});
