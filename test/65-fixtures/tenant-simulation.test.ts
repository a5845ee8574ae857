// The simulated tenant: the same for the same seed, plausible from day to day, and with overviews that add up.
import { describe, expect, test } from '@jest/globals';
import { dateKeyOf, epochDayOf } from '../../fixtures/tenant/calendar.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { countOverviews, statusOn } from '../../fixtures/tenant/overviews.ts';
import { encryptionStateOf, type Tenant, type TenantDevice } from '../../fixtures/tenant/tenant.ts';

const FIRST = 20260922;
const LAST = 20261120;
const options = { seed: 7, devices: 600, firstDateKey: FIRST };

function dayAfter(days: number): number {
  return dateKeyOf(epochDayOf(FIRST) + days);
}

function whole(tenant: Tenant): unknown {
  return structuredClone([
    tenant.dateKey,
    [...tenant.devices.values()],
    [...tenant.users.values()],
    tenant.policies.map((policy) => policy.resource),
    tenant.troubleshootingEvents,
    tenant.orphanRecoveryKeys,
  ]);
}

function encryptedShare(tenant: Tenant): number {
  const states = [...tenant.devices.values()].map(encryptionStateOf).filter((state) => state !== null);
  return states.filter((state) => state.encryptionState === 'encrypted').length / states.length;
}

/** The properties whose history the warehouse keeps; a check-in alone is no change. */
function remembered({ managed, encryption }: TenantDevice): string {
  const { osVersion, deviceName, complianceState, managementState, userId, deviceCategoryDisplayName } =
    managed;
  return JSON.stringify([
    osVersion,
    deviceName,
    complianceState,
    managementState,
    userId,
    deviceCategoryDisplayName,
    encryption,
  ]);
}

describe('determinism', () => {
  test('sixty days at once and one by one give the same tenant', () => {
    const atOnce = makeTenant(options);
    atOnce.simulateUntil(LAST);
    const oneByOne = makeTenant(options);
    for (let day = 0; day < 60; day++) oneByOne.simulateUntil(dayAfter(day));
    expect(oneByOne.dateKey).toBe(LAST);
    expect(whole(oneByOne)).toEqual(whole(atOnce));
  });

  test('another seed gives another tenant with the same edge cases', () => {
    const one = [...makeTenant(options).devices.keys()];
    const other = [...makeTenant({ ...options, seed: 8 }).devices.keys()];
    const shared = one.filter((id) => other.includes(id));
    expect(shared.length).toBe(makeTenant({ ...options, devices: 0 }).devices.size);
  });

  test('a tenant cannot be simulated backwards', () => {
    const tenant = makeTenant(options);
    tenant.simulateUntil(LAST);
    expect(() => tenant.simulateUntil(FIRST)).toThrow(RangeError);
    expect(() => tenant.simulateUntil(20260231)).toThrow('20260231 is not a day of the calendar');
  });

  test('the clock and Math.random have no influence', () => {
    const { now } = Date;
    const { random } = Math;
    Date.now = () => 0;
    Math.random = () => 0;
    try {
      const elsewhere = makeTenant(options);
      elsewhere.simulateUntil(20261001);
      Date.now = now;
      Math.random = random;
      const here = makeTenant(options);
      here.simulateUntil(20261001);
      expect(whole(elsewhere)).toEqual(whole(here));
    } finally {
      Date.now = now;
      Math.random = random;
    }
  });
});

describe('simulation', () => {
  test('the first day has as many devices as requested, each id once', () => {
    const tenant = makeTenant(options);
    expect(tenant.devices.size).toBe(600);
    for (const [id, device] of tenant.devices) expect(device.managed.id).toBe(id);
    expect(new Set([...tenant.devices.values()].map((device) => device.managed.id)).size).toBe(600);
  });

  test('between 1 and 20 in a hundred devices change a day, some are added and some removed', () => {
    const tenant = makeTenant({ ...options, devices: 1500 });
    let before = new Map([...tenant.devices].map(([id, device]) => [id, remembered(device)]));
    let enrolled = 0;
    let left = 0;
    for (let day = 1; day < 60; day++) {
      tenant.simulateUntil(dayAfter(day));
      const now = new Map([...tenant.devices].map(([id, device]) => [id, remembered(device)]));
      const changed = [...now].filter(([id, text]) => before.has(id) && before.get(id) !== text).length;
      expect(changed / now.size).toBeGreaterThan(0.01);
      expect(changed / now.size).toBeLessThan(0.2);
      enrolled += [...now.keys()].filter((id) => !before.has(id)).length;
      left += [...before.keys()].filter((id) => !now.has(id)).length;
      before = now;
    }
    expect(enrolled).toBeGreaterThan(50);
    expect(left).toBeGreaterThan(25);
    expect(tenant.devices.size).toBeGreaterThan(1350);
    expect(tenant.devices.size).toBeLessThan(1700);
  });

  test('the encryption roll-out goes from a third to nearly all devices, never in one jump', () => {
    const tenant = makeTenant(options);
    const shares = [encryptedShare(tenant)];
    for (let day = 1; day < 60; day++) {
      tenant.simulateUntil(dayAfter(day));
      shares.push(encryptedShare(tenant));
    }
    expect(shares[0]).toBeLessThan(0.45);
    expect(shares[59]).toBeGreaterThan(0.8);
    expect(shares[59]).toBeLessThan(1);
    for (const [day, share] of shares.entries()) {
      if (day > 0) expect(Math.abs(share - (shares[day - 1] ?? 0))).toBeLessThan(0.1);
    }
  });

  test('nothing happens in the future, and nobody is seen before enrolment', () => {
    const tenant = makeTenant(options);
    tenant.simulateUntil(LAST);
    for (const { life, managed } of tenant.devices.values()) {
      if (life !== 'chance') continue;
      expect(managed.lastSyncDateTime < '2026-11-20T00:00:00Z').toBe(true);
      expect(managed.enrolledDateTime <= managed.lastSyncDateTime).toBe(true);
    }
  });

  test('a generated device has no owner, or a user who existed when it was assigned', () => {
    const tenant = makeTenant(options);
    for (const { life, managed } of tenant.devices.values()) {
      if (life === 'chance' && managed.userId !== '') expect(tenant.users.has(managed.userId)).toBe(true);
    }
  });

  test('most PCs attest Secure Boot, a few run without, some are never asked; nothing else attests', () => {
    const tenant = makeTenant({ ...options, devices: 1500 });
    tenant.simulateUntil(LAST);
    const devices = [...tenant.devices.values()].filter(({ life }) => life === 'chance');
    const pcs = devices.filter(({ platform }) => platform === 'windows');
    const shareOf = (secureBoot: string | undefined): number =>
      pcs.filter(({ managed }) => managed.deviceHealthAttestationState?.secureBoot === secureBoot).length /
      pcs.length;
    expect(shareOf('Enabled')).toBeGreaterThan(0.65);
    expect(shareOf('Disabled')).toBeGreaterThan(0.01);
    expect(shareOf(undefined)).toBeGreaterThan(0.1);
    const attested = devices.filter(({ managed }) => managed.deviceHealthAttestationState !== null);
    for (const { platform, managed } of attested) {
      expect(platform).toBe('windows');
      const lastUpdate = managed.deviceHealthAttestationState?.lastUpdateDateTime ?? '';
      expect(managed.enrolledDateTime <= lastUpdate && lastUpdate <= managed.lastSyncDateTime).toBe(true);
    }
  });

  test('policies are edited, one is added and one deleted', () => {
    const tenant = makeTenant(options);
    const versions = (): number[] =>
      tenant.policies.flatMap(({ resource }) =>
        typeof resource.version === 'number' ? [resource.version] : [],
      );
    const before = versions().reduce((sum, version) => sum + version);
    const names = tenant.policies.map(({ resource }) => resource.id);
    tenant.simulateUntil(LAST);
    expect(versions().reduce((sum, version) => sum + version)).toBeGreaterThan(before + 5);
    const later = tenant.policies.map(({ resource }) => resource.id);
    expect(names.filter((id) => !later.includes(id))).toHaveLength(1);
    expect(later.filter((id) => !names.includes(id))).toHaveLength(1);
  });

  test('sixty days of ten thousand devices take seconds', () => {
    const tenant = makeTenant({ ...options, devices: 10_000 });
    const before = process.cpuUsage();
    tenant.simulateUntil(LAST);
    // Less than one second on a quiet core; the bound is generous, for slow machines.
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(10);
  });
});

describe('overviews', () => {
  const tenant = makeTenant(options);
  tenant.simulateUntil(20261015);
  const overviews = countOverviews(tenant);
  const managed = [...tenant.devices.values()].filter(
    ({ managed: { managementAgent } }) => managementAgent !== 'jamf',
  );
  const sum = (counts: Readonly<Record<string, number>>): number =>
    Object.values(counts).reduce((total, count) => total + count, 0);

  test('each policy counts exactly the devices that it is assigned to', () => {
    for (const policy of tenant.policies) {
      const reached = managed.filter((device) => policy.isAssignedTo(device));
      const overview = overviews.policies.get(policy.resource.id);
      expect(sum(overview?.devices ?? {})).toBe(reached.length);
      expect(overview?.devices.error).toBe(
        reached.filter((device) => statusOn(policy, device) === 'error').length,
      );
      const owners = new Set(reached.map((device) => device.managed.userId.replace(/^[0-]*$/, '')));
      expect(sum(overview?.users ?? {})).toBe(owners.size);
    }
  });

  test('compliance counts every managed device once, by its own state', () => {
    expect(sum(overviews.compliance)).toBe(managed.length);
    const compliant = managed.filter((device) => device.managed.complianceState === 'compliant');
    expect(overviews.compliance.compliant).toBe(compliant.length);
  });

  test('a device in its grace period has failed its compliance policy', () => {
    const policy = tenant.policies.find(({ resource }) => resource.displayName === 'WIN - Compliance');
    const failed = managed.filter(
      ({ platform, managed: { complianceState } }) =>
        platform === 'windows' && ['noncompliant', 'inGracePeriod'].includes(complianceState),
    );
    expect(failed.some((device) => device.managed.complianceState === 'inGracePeriod')).toBe(true);
    expect(overviews.policies.get(policy?.resource.id ?? '')?.devices.nonCompliant).toBe(failed.length);
  });

  test('a user counts by the worst of their devices', () => {
    const policy = tenant.policies.find(({ resource }) => resource.displayName === 'WIN - Restrictions');
    const failing = new Set<string>();
    for (const device of managed) {
      if (policy && statusOn(policy, device) === 'error') failing.add(device.managed.userId);
    }
    const owned = managed.filter(
      (device) => policy?.isAssignedTo(device) && failing.has(device.managed.userId),
    );
    // Some of them have a better device too, which comes later.
    expect(owned.length).toBeGreaterThan(failing.size);
    expect(overviews.policies.get(policy?.resource.id ?? '')?.users.error).toBe(failing.size);
  });

  test('the encryption profiles say what the encryption report says', () => {
    const reported = managed.filter((device) =>
      device.encryption?.policyDetails.some(({ policyName }) => policyName === 'MAC - FileVault'),
    );
    const fileVault = tenant.policies.find(({ resource }) => resource.displayName === 'MAC - FileVault');
    const counts = overviews.policies.get(fileVault?.resource.id ?? '');
    expect(sum(counts?.devices ?? {})).toBe(reported.length);
    expect(counts?.devices.compliant).toBe(
      reported.filter((device) => device.encryption?.encryptionPolicySettingState === 'compliant').length,
    );
  });
});
