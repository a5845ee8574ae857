// App protection: protected apps, the copies of them on people's devices, and when those last checked in.
import {
  entity,
  instant,
  instantOrNull,
  int32,
  int32OrNull,
  navigation,
  text,
  textOrNull,
} from '../entity.ts';
import {
  deletedAt,
  snapshotDayOfFact,
  rowModified,
  startOfRow,
  isDeletedOrReplaced,
  SEED_ROW_MODIFIED,
} from './common-properties.ts';

export const mamApplications = entity({
  name: 'mamApplications',
  singular: 'mamApplication',
  lifetime: 'current',
  description:
    'Apps that can be protected without enrolling the device, as far as people of the tenant use them.',
  key: ['mamApplicationKey'],
  properties: {
    mamApplicationKey: int32('The warehouse’s own number of the protected app.', { role: 'surrogate' }),
    mamApplicationName: textOrNull(
      'Name of the app in the tenant’s catalogue of apps; null when that does not list it.',
    ),
    mamApplicationId: text(
      'Bundle id, package id or Windows id of the app, for example com.microsoft.Office.Outlook.',
    ),
    isDeleted: isDeletedOrReplaced,
    startDateInclusiveUTC: startOfRow,
    deletedDateUTC: deletedAt,
    rowLastModifiedDateTimeUTC: rowModified,
  },
});

export const mamApplicationInstances = entity({
  name: 'mamApplicationInstances',
  singular: 'mamApplicationInstance',
  lifetime: 'current',
  description:
    'Copies of protected apps: one row for each app, user and device that registered for app protection.',
  key: ['applicationInstanceKey'],
  properties: {
    applicationInstanceKey: int32('The warehouse’s own number of the copy; mamCheckins refers to it.', {
      role: 'surrogate',
    }),
    userId: textOrNull(
      'Microsoft Entra object id of the user who signed in to the app; matches users.userId.',
      {
        personal: 'id',
      },
    ),
    applicationInstanceId: text('Id of the registration in Intune, a GUID as text.'),
    mamApplicationId: textOrNull('Which app it is; matches mamApplications.mamApplicationId.'),
    applicationVersion: textOrNull('Version of the app at its last check-in.'),
    createdDate: instantOrNull('When the copy registered for the first time, in UTC.'),
    platform: int32('Platform it runs on; joins mamPlatforms.platform and not platformKey.'),
    platformVersion: textOrNull('Version of the operating system at the last check-in.'),
    sdkVersion: textOrNull('Version of the app protection SDK that the app was built with.'),
    mamDeviceId: textOrNull(
      'Tag that copies on the same device usually share, but need not; not the id of a managed device.',
    ),
    mamDeviceType: textOrNull('Kind of device in the words of its platform, for example iPhone.'),
    mamDeviceName: textOrNull('Name of the device as its user gave it; null when not reported.', {
      personal: 'deviceName',
    }),
    isDeleted: isDeletedOrReplaced,
    startDateInclusiveUTC: startOfRow,
    deletedDateUTC: deletedAt,
    rowLastModifiedDateTimeUTC: rowModified,
  },
  navigations: {
    user: navigation(
      'users',
      { userId: 'userId' },
      'mamApplicationInstances',
      'The user who signed in to the app.',
    ),
    mamPlatform: navigation(
      'mamPlatforms',
      { platform: 'platform' },
      'mamApplicationInstances',
      'The platform the copy runs on.',
    ),
  },
});

export const mamDeviceHealths = entity({
  name: 'mamDeviceHealths',
  singular: 'mamDeviceHealth',
  lifetime: 'current',
  description: 'Whether app protection found a device sound, or rooted, unlocked or tampered with.',
  key: ['deviceHealthKey'],
  properties: {
    deviceHealthKey: int32('Key that mamCheckins refers to as deviceHealthKey.'),
    deviceHealth: int32('Number of the health; -1 stands for not available.'),
    deviceHealthName: text('Healthy, Unhealthy or Not Available.'),
    rowLastModifiedDateTimeUTC: rowModified,
  },
  rows: (
    [
      [-1, 'Not Available'],
      [1, 'Healthy'],
      [2, 'Unhealthy'],
    ] as const
  ).map(([health, name]) => ({
    deviceHealthKey: health,
    deviceHealth: health,
    deviceHealthName: name,
    rowLastModifiedDateTimeUTC: SEED_ROW_MODIFIED,
  })),
});

export const mamPlatforms = entity({
  name: 'mamPlatforms',
  singular: 'mamPlatform',
  lifetime: 'current',
  description: 'Platforms on which apps can be protected.',
  key: ['platformKey'],
  properties: {
    platformKey: int32('Key that mamCheckins refers to as platformKey.'),
    platform: int32('Number of the platform, unique; mamApplicationInstances.platform joins this column.'),
    platformName: text('Windows, IOS, Android, None or Not Available.'),
    rowLastModifiedDateTimeUTC: rowModified,
  },
  rows: (
    [
      [-1, 'Not Available'],
      [0, 'None'],
      [1, 'Windows'],
      [2, 'IOS'],
      [3, 'Android'],
    ] as const
  ).map(([platform, name]) => ({
    platformKey: platform,
    platform,
    platformName: name,
    rowLastModifiedDateTimeUTC: SEED_ROW_MODIFIED,
  })),
});

export const mamEffectivePolicies = entity({
  name: 'mamEffectivePolicies',
  singular: 'mamEffectivePolicy',
  lifetime: 'current',
  beta: true,
  description:
    'App protection as it takes effect: one row for each version of each policy, and one for each set of policies that was seen merged on a copy of an app.',
  key: ['effectivePolicyKey'],
  properties: {
    effectivePolicyKey: int32(
      'The warehouse’s own number of the effective policy; mamCheckins refers to it.',
      {
        role: 'surrogate',
      },
    ),
    realPolicyKey: int32OrNull(
      'The policy as its author wrote it; joins policies.policyKey. Null for several policies merged into one.',
      { refers: 'policies' },
    ),
    rowCreatedDateTimeUTC: instant('Midnight UTC of the night on which this row came into the warehouse.', {
      role: 'start',
    }),
  },
  navigations: {
    realPolicy: navigation(
      'policies',
      { realPolicyKey: 'policyKey' },
      'mamEffectivePolicies',
      'The policy as its author wrote it.',
    ),
  },
});

export const mamCheckins = entity({
  name: 'mamCheckins',
  singular: 'mamCheckin',
  lifetime: 'event',
  vendorDays: 90,
  description:
    'Copies of protected apps that checked in since midnight of the day before each night. Graph tells the last check-in only, so several are one row.',
  key: ['dateKey', 'applicationInstanceKey'],
  properties: {
    dateKey: snapshotDayOfFact,
    applicationInstanceKey: int32(
      'The copy that checked in; joins mamApplicationInstances.applicationInstanceKey.',
      {
        refers: 'mamApplicationInstances',
      },
    ),
    userKey: int32OrNull(
      'The user of the copy; joins users.userKey, null when the user is not in the warehouse.',
      {
        refers: 'users',
      },
    ),
    mamApplicationKey: int32('The app; joins mamApplications.mamApplicationKey.', {
      refers: 'mamApplications',
    }),
    deviceHealthKey: int32('What the check of the device found; joins mamDeviceHealths.deviceHealthKey.'),
    platformKey: int32('Platform of the copy; joins mamPlatforms.platformKey.'),
    effectiveAppliedPolicyKey: int32OrNull(
      'The protection in effect; joins mamEffectivePolicies.effectivePolicyKey. Null when none applies, and for all copies where more checked in than are asked one by one.',
      { refers: 'mamEffectivePolicies', beta: true },
    ),
    lastCheckInDate: instantOrNull('When the copy last checked in, in UTC; null when not reported.'),
  },
  navigations: {
    date: navigation('dates', { dateKey: 'dateKey' }, 'mamCheckins', 'The day of the check-in.'),
    mamApplicationInstance: navigation(
      'mamApplicationInstances',
      { applicationInstanceKey: 'applicationInstanceKey' },
      'mamCheckins',
      'The copy that checked in.',
    ),
    user: navigation('users', { userKey: 'userKey' }, 'mamCheckins', 'The user of the copy.'),
    mamApplication: navigation(
      'mamApplications',
      { mamApplicationKey: 'mamApplicationKey' },
      'mamCheckins',
      'The protected app.',
    ),
    mamDeviceHealth: navigation(
      'mamDeviceHealths',
      { deviceHealthKey: 'deviceHealthKey' },
      'mamCheckins',
      'What the check of the device found.',
    ),
    mamPlatform: navigation(
      'mamPlatforms',
      { platformKey: 'platformKey' },
      'mamCheckins',
      'The platform of the copy.',
    ),
    mamEffectivePolicy: navigation(
      'mamEffectivePolicies',
      { effectiveAppliedPolicyKey: 'effectivePolicyKey' },
      'mamCheckins',
      'The protection in effect.',
    ),
  },
});
