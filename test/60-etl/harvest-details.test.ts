// Devices asked one by one in batches: who has a turn, and parts that come in any order, wait, fail or are gone.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeIsDetailsDue } from '../../etl/transform/details-due.ts';
import type { TenantDevice } from '../../fixtures/tenant/tenant.ts';
import { permanentFault, openTenant, type TenantHarvest, type HarvestedTenant } from './harvested-tenant.ts';

const NIGHT = 20261105;
const context = { deviceDetails: 'on' } as const;

let tenant: HarvestedTenant;
let night: TenantHarvest;
beforeAll(async () => {
  tenant = await openTenant({ seed: 1, devices: 400, firstDateKey: 20261101 }, NIGHT);
  night = await tenant.harvestDay({ context });
});
afterAll(() => tenant.close());

const memoryOf = ({ staging }: TenantHarvest): ReadonlyMap<string, unknown> =>
  new Map(
    staging
      .enrichmentsOf('devicePropertyHistories')
      .map(({ values }) => [String(values['deviceKey']), values['physicalMemoryInBytes']]),
  );
const device = (id: string): TenantDevice => tenant.tenant.devices.get(id)!;
const batches = ({ requests: asked }: TenantHarvest): number =>
  asked.filter((line) => line.startsWith('POST /beta/$batch')).length;

describe('a night that asks devices one by one', () => {
  test('asks those whose turn it is, twenty in a request', () => {
    const asked = memoryOf(night).size;
    expect(asked).toBeGreaterThan(20);
    expect(asked).toBeLessThan(tenant.tenant.devices.size / 3);
    expect(batches(night)).toBe(Math.ceil(asked / 20));
  });

  test('has of each what it said itself, in whatever order it came', () => {
    for (const [id, memory] of memoryOf(night)) {
      const { physicalMemoryInBytes } = device(id).managed;
      // No device has no memory: 0 is what nobody reported.
      if (physicalMemoryInBytes === 0) expect(typeof memory).toBe('symbol');
      else expect(memory).toBe(physicalMemoryInBytes);
    }
    for (const { naturalKey, values } of night.staging.enrichmentsOf('devices')) {
      const { ethernetMacAddress, hardwareInformation } = device(naturalKey!).managed;
      expect(values).toMatchObject({ ethernetMacAddress, ipAddressV4Wifi: hardwareInformation.ipAddressV4 });
    }
  });

  test('asks a part that was throttled again, and it alone', async () => {
    const [id] = memoryOf(night).keys();
    const faults = [{ match: `managedDevices/${id}?`, answer: '429', retryAfter: '0.01' } as const];
    const again = await tenant.harvestDay({ context, faults });
    expect(memoryOf(again)).toEqual(memoryOf(night));
    expect(batches(again)).toBe(batches(night) + 1);
  });

  test.each([
    ['throttles for ever', '429'],
    ['refuses', 'forbidden'],
  ] as const)('leaves what Graph %s as it was known, and says how much that is', async (_, answer) => {
    const [id = ''] = memoryOf(night).keys();
    const faults = [{ ...permanentFault(`managedDevices/${id}?`, answer), retryAfter: '0.01' }];
    const { staging, report } = await tenant.harvestDay({ context, faults });
    expect(staging.enrichmentsOf('devices').map(({ naturalKey }) => naturalKey)).not.toContain(id);
    expect(report.problems.map(({ message }) => message).join()).toContain('did not answer for 1 of');
    expect(report.completeness.get('devices')).toBe('complete');
  });

  test('goes on without where batches are refused', async () => {
    const { report } = await tenant.harvestDay({ context, faults: [permanentFault('$batch', 'forbidden')] });
    expect(report.completeness.get('devices')).toBe('complete');
    expect(report.problems.map(({ source }) => source)).toContain(
      'beta/deviceManagement/managedDevices/{id}',
    );
  });

  test('is not what a night does by itself', async () => {
    expect(batches(await tenant.harvestDay())).toBe(0);
  });
});

describe('a device’s turn', () => {
  const due = makeIsDetailsDue(20261105);
  const known = { enrolled: '2025-01-01T00:00:00', lastSync: '2026-11-04T10:00:00' };
  const nights = [20261105, 20261106, 20261107, 20261108, 20261109, 20261110, 20261111];

  test('comes once in seven nights', () => {
    for (const id of ['5b0c6d1e-2f7a-4c39-9d0e-6a1f0b7c8d11', 'no guid at all']) {
      const turns = nights.filter((each) => makeIsDetailsDue(each)({ ...known, id }));
      expect(turns).toHaveLength(1);
    }
  });

  test('has come when it is new, and does not come when nothing was heard of it', () => {
    const ids = Array.from({ length: 7 }, (_, index) => `0000000${index}`);
    const all = (times: Partial<typeof known>) => ids.filter((id) => due({ ...known, ...times, id })).length;
    expect(all({})).toBe(1);
    expect(all({ enrolled: '2026-11-04T10:00:00' })).toBe(7);
    expect(all({ lastSync: '2026-10-20T10:00:00' })).toBe(0);
  });
});
