// Every edge case exists, and the scripted events happen on their days.
import { describe, expect, test } from '@jest/globals';
import { dateKeyOf, epochDayOf } from '../../fixtures/tenant/calendar.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import {
  ENROLLED_AGAIN,
  SURFACE_HUB,
  WIPED_LAPTOP,
} from '../../fixtures/tenant/edge-cases/edge-case-devices.ts';
import { EVENT_DAYS } from '../../fixtures/tenant/edge-cases/scripted-events.ts';
import { JOHN_SMITH, MARY_MAJOR } from '../../fixtures/tenant/edge-cases/edge-case-users.ts';
import { encryptionStateOf, type TenantDevice } from '../../fixtures/tenant/tenant.ts';

const tenant = makeTenant({ seed: 1, devices: 0, firstDateKey: 20260922 });
const devices = [...tenant.devices.values()];
const users = [...tenant.users.values()];

const DEVICES: readonly (readonly [what: string, is: (device: TenantDevice) => boolean])[] = [
  [
    'a company device without a user',
    ({ managed }) => managed.userId === '' && managed.operatingSystem === 'Windows',
  ],
  [
    'a kiosk on Linux that nobody owns',
    ({ managed }) => managed.userId === '' && managed.deviceType === 'linux',
  ],
  ['a zero GUID for an Entra id', ({ managed }) => /^[0-]{36}$/.test(managed.azureADDeviceId ?? '')],
  ['an Entra id of null', ({ managed }) => managed.azureADDeviceId === null],
  ['an Entra id of ""', ({ managed }) => managed.azureADDeviceId === ''],
  [
    'an enrolment at the beginning of time',
    ({ managed }) => managed.enrolledDateTime === '0001-01-01T00:00:00Z',
  ],
  [
    'a certificate until the end of time',
    ({ managed }) => managed.managementCertificateExpirationDate.startsWith('9999-12-31'),
  ],
  [
    'a name with both quotes, markup, a rare CJK character and an emoji',
    ({ managed }) => /'.*".*<𠮷>.*💻/u.test(managed.deviceName),
  ],
  ['a name with control characters', ({ managed }) => managed.deviceName.includes('\u0007\u001b\u2028')],
  ['an empty name', ({ managed }) => managed.deviceName === ''],
  [
    'a Mac that is encrypted but not ready',
    (device) =>
      device.platform === 'macOS' &&
      encryptionStateOf(device)?.encryptionState === 'encrypted' &&
      encryptionStateOf(device)?.encryptionReadinessState === 'notReady',
  ],
  [
    'five BitLocker flags at once',
    (device) => device.encryption?.advancedBitLockerStates?.split(',').length === 5,
  ],
  [
    'a BitLocker flag that no table knows',
    (device) => device.encryption?.advancedBitLockerStates?.includes('quantum') ?? false,
  ],
  ['BitLocker flags as a number', (device) => device.encryption?.advancedBitLockerStates === '2'],
  [
    'a member of no enum',
    ({ managed }) => managed.complianceState === 'quarantined' && managed.deviceType === 'eyewear',
  ],
  ['a device of Jamf', ({ managed }) => managed.managementAgent === 'jamf'],
  [
    'an owner who is in no list of users',
    ({ managed }) =>
      managed.userId !== '' && !/^[0-]*$/.test(managed.userId) && !tenant.users.has(managed.userId),
  ],
  ['the System account', ({ managed }) => managed.userPrincipalName === 'System account'],
  [
    'a Cloud PC that is shown unencrypted',
    (device) =>
      device.managed.model.startsWith('Cloud PC') &&
      encryptionStateOf(device)?.encryptionState === 'notEncrypted',
  ],
  [
    'a phone with all its numbers',
    ({ managed }) =>
      managed.imei !== '' && managed.meid !== '' && managed.iccid !== null && managed.phoneNumber !== '',
  ],
  [
    'more bytes than a double can count',
    ({ managed }) => managed.totalStorageSpaceInBytes === 9_007_199_254_740_993n,
  ],
  [
    'a PC that the encryption report forgets',
    (device) => device.managed.id === SURFACE_HUB && device.encryption === null,
  ],
  ['two hundred recovery keys', (device) => device.recoveryKeys.length === 200],
  ['a Windows too old for the report', ({ managed }) => managed.osVersion.startsWith('10.0.10586')],
];

describe('the edge-case devices', () => {
  test.each(DEVICES)('have %s', (_, is) => {
    expect(devices.filter(is).length).toBeGreaterThan(0);
  });

  test('have two with one serial number, one name and one Entra id', () => {
    const clones = devices.filter((device) => device.managed.serialNumber === 'To be filled by O.E.M.');
    expect(clones).toHaveLength(2);
    expect(new Set(clones.map(({ managed }) => managed.deviceName)).size).toBe(1);
    expect(new Set(clones.map(({ managed }) => managed.azureADDeviceId)).size).toBe(1);
    expect(new Set(clones.map(({ managed }) => managed.id)).size).toBe(2);
  });
});

describe('the edge-case users', () => {
  test('have an apostrophe to sign in with, a name of 256 characters, and none at all', () => {
    expect(users.some((user) => user.userPrincipalName.includes("o'brien"))).toBe(true);
    expect(users.some((user) => user.displayName?.length === 256)).toBe(true);
    expect(users.some((user) => user.displayName === null)).toBe(true);
  });

  test('have a licence in every state that decides something', () => {
    const states = users.flatMap((user) => user.assignedPlans.map((plan) => plan.capabilityStatus));
    expect(states).toEqual(expect.arrayContaining(['Enabled', 'Warning', 'LockedOut']));
  });
});

describe('the scripted events', () => {
  const firstDay = 20170601;
  const dayAfter = (days: number): number => dateKeyOf(epochDayOf(firstDay) + days);
  const seen = <Value>(
    look: (lived: ReturnType<typeof makeTenant>) => Value,
    days: readonly number[],
  ): Value[] => {
    const living = makeTenant({ seed: 1, devices: 0, firstDateKey: firstDay });
    return days.map((day) => {
      living.simulateUntil(day);
      return look(living);
    });
  };

  test('John Smith is licensed from 2017-06-01, not on the 26th of July, and again on the 31st of August', () => {
    const licensed = seen(
      (lived) => lived.users.get(JOHN_SMITH)?.assignedPlans.length === 1,
      [20170601, 20170725, 20170726, 20170830, 20170831],
    );
    expect(licensed).toEqual([true, true, false, false, true]);
  });

  test('Mary Major is deleted and comes back under the same id, while her laptop stays', () => {
    const days = [
      EVENT_DAYS.maryDeleted - 1,
      EVENT_DAYS.maryDeleted,
      EVENT_DAYS.maryRestored - 1,
      EVENT_DAYS.maryRestored,
    ].map(dayAfter);
    expect(seen((lived) => lived.users.has(MARY_MAJOR), days)).toEqual([true, false, false, true]);
    const owned = seen(
      (lived) => [...lived.devices.values()].some((device) => device.managed.userId === MARY_MAJOR),
      days,
    );
    expect(owned).toEqual([true, true, true, true]);
  });

  test('a wiped laptop comes back with its serial under another id', () => {
    const days = [EVENT_DAYS.laptopWiped - 1, EVENT_DAYS.laptopWiped, EVENT_DAYS.laptopEnrolledAgain].map(
      dayAfter,
    );
    expect(
      seen((lived) => [lived.devices.has(WIPED_LAPTOP), lived.devices.has(ENROLLED_AGAIN)], days),
    ).toEqual([
      [true, false],
      [false, false],
      [false, true],
    ]);
  });
});
