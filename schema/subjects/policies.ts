// Policies, and counts of their states on devices and for users on each snapshot day.
import { entity, int32, int32OrNull, navigation, text, textOrNull } from '../entity.ts';
import { lookupRows } from './lookup-rows.ts';
import { policyTypeRows } from './policy-type-rows.ts';
import {
  deletedAt,
  snapshotDayOfFact,
  policyOfFact,
  rowModified,
  startOfRow,
  isDeletedOrReplaced,
} from './common-properties.ts';

export const policies = entity({
  name: 'policies',
  singular: 'policy',
  lifetime: 'current',
  mustNotBeEmpty: true,
  versionsOf: 'policyId',
  description:
    'Configuration profiles, compliance policies, app configuration and app protection policies: one row for each version of each policy, so that facts keep pointing at what was in force.',
  key: ['policyKey'],
  properties: {
    policyKey: int32(
      'The warehouse’s own number of this version of the policy; each edit brings a new one.',
      {
        role: 'surrogate',
      },
    ),
    policyId: text('Id of the policy in Intune, a GUID as text; the same in all rows of one policy.'),
    policyName: textOrNull('Name of the policy in this version.'),
    policyVersion: int32(
      'Version of the policy, rising with each edit. For kinds of policy that Intune does not number, the warehouse counts the edits it saw.',
    ),
    isDeleted: isDeletedOrReplaced,
    startDateInclusiveUTC: startOfRow,
    deletedDateUTC: deletedAt,
    rowLastModifiedDateTimeUTC: rowModified,
  },
});

export const policyTypes = entity({
  name: 'policyTypes',
  singular: 'policyType',
  lifetime: 'current',
  description:
    'Kinds of policy by platform and category. Numbers below 1000 are those of the vendor’s reports; from 1000 they are ours, for the kinds that came later.',
  key: ['policyTypeId'],
  properties: {
    policyTypeId: int32('Number of the kind, unique; -1 stands for not available.'),
    policyTypeKey: int32(
      'Key that facts refer to; equal to policyTypeId, since existing reports join by either.',
    ),
    policyTypeName: text(
      'Kind, platform and category in one text: "Device configuration profile, iOS, Wi-Fi".',
    ),
  },
  rows: policyTypeRows,
});

export const policyPlatformTypes = entity({
  name: 'policyPlatformTypes',
  singular: 'policyPlatformType',
  lifetime: 'current',
  description: 'Platforms that a policy can be made for.',
  key: ['policyPlatformTypeKey'],
  properties: {
    policyPlatformTypeKey: int32(
      'Key of the platform; compliancePolicyStatusDevicePerPolicyActivities refers to it as policyPlatformKey.',
    ),
    policyPlatformTypeId: int32(
      'Number of the platform in Intune; -1 stands for not available, from 1000 ours.',
    ),
    policyPlatformTypeName: text('Name of the platform, for example Windows10AndLater.'),
  },
  rows: lookupRows(
    { id: 'policyPlatformTypeId', key: 'policyPlatformTypeKey', name: 'policyPlatformTypeName' },
    {
      0: 'Android',
      1: 'AndroidForWork',
      2: 'iOS',
      3: 'macOS',
      4: 'WindowsPhone81',
      5: 'Windows81AndLater',
      6: 'Windows10AndLater',
      7: 'AndroidWorkProfile',
      8: 'Windows10XProfile',
      9: 'AndroidAOSP',
      100: 'All',
      1000: 'Linux',
    },
  ),
});

export const policyDeviceActivities = entity({
  name: 'policyDeviceActivities',
  singular: 'policyDeviceActivity',
  lifetime: 'event',
  description:
    'Devices by outcome for each kind of policy and night. A device counts once for every policy of the kind.',
  key: ['dateKey', 'policyTypeKey'],
  properties: {
    dateKey: snapshotDayOfFact,
    policyTypeKey: int32('Kind of the policies; joins policyTypes.policyTypeKey.'),
    pending: int32OrNull(
      'Devices that have not yet answered for policies of this kind; null for kinds that Graph counts by a report without them.',
    ),
    succeeded: int32OrNull('Devices that applied policies of this kind.'),
    error: int32OrNull('Devices that reported an error or a conflict for policies of this kind.'),
    failed: int32OrNull('Devices that do not meet policies of this kind.'),
  },
  navigations: {
    date: navigation('dates', { dateKey: 'dateKey' }, 'policyDeviceActivities', 'The night of the counts.'),
    policyType: navigation(
      'policyTypes',
      { policyTypeKey: 'policyTypeKey' },
      'policyDeviceActivities',
      'The kind of the policies.',
    ),
  },
});

export const policyUserActivities = entity({
  name: 'policyUserActivities',
  singular: 'policyUserActivity',
  lifetime: 'event',
  description:
    'Users by outcome for each kind of policy and night. A user counts once for every policy of the kind. Kinds that Graph counts by a report have no row, since it counts devices only.',
  key: ['dateKey', 'policyTypeKey'],
  properties: {
    dateKey: snapshotDayOfFact,
    policyTypeKey: int32('Kind of the counted policies; joins policyTypes.policyTypeKey.'),
    pending: int32OrNull('Users whose devices have not yet answered.'),
    succeeded: int32OrNull('Users for whom policies of this kind were applied.'),
    error: int32OrNull('Users with an error or a conflict in policies of this kind.'),
    failed: int32OrNull('Users for whom policies of this kind are not met.'),
  },
  navigations: {
    date: navigation('dates', { dateKey: 'dateKey' }, 'policyUserActivities', 'The night of the counts.'),
    policyType: navigation(
      'policyTypes',
      { policyTypeKey: 'policyTypeKey' },
      'policyUserActivities',
      'The kind of the policies.',
    ),
  },
});

export const policyTypeActivities = entity({
  name: 'policyTypeActivities',
  singular: 'policyTypeActivity',
  lifetime: 'event',
  description:
    'Devices by outcome for each single policy and night: the collection to start from for policy reports.',
  key: ['dateKey', 'policyKey', 'policyTypeKey'],
  properties: {
    dateKey: snapshotDayOfFact,
    policyKey: policyOfFact,
    policyTypeKey: int32('Kind of this policy; joins policyTypes.policyTypeKey.'),
    pending: int32OrNull(
      'Devices that have not yet answered for this policy; null for the settings catalog, templates and other kinds that Graph counts by a report without them.',
    ),
    succeeded: int32OrNull('Devices that applied this policy.'),
    error: int32OrNull('Devices that reported an error or a conflict for this policy.'),
    failed: int32OrNull('Devices that do not meet this policy.'),
  },
  navigations: {
    date: navigation('dates', { dateKey: 'dateKey' }, 'policyTypeActivities', 'The night of the counts.'),
    policy: navigation('policies', { policyKey: 'policyKey' }, 'policyTypeActivities', 'The policy.'),
    policyType: navigation(
      'policyTypes',
      { policyTypeKey: 'policyTypeKey' },
      'policyTypeActivities',
      'The kind of the policy.',
    ),
  },
});

export const deviceConfigurationProfileDeviceActivities = entity({
  name: 'deviceConfigurationProfileDeviceActivities',
  singular: 'deviceConfigurationProfileDeviceActivity',
  lifetime: 'event',
  description:
    'Devices by the outcome of all their configuration profiles together, one row a night. A device with any error counts as error only.',
  key: ['dateKey'],
  properties: {
    dateKey: snapshotDayOfFact,
    pending: int32OrNull('Devices with profiles that were not yet answered, and none that went wrong.'),
    succeeded: int32OrNull('Devices on which every profile was applied.'),
    error: int32OrNull('Devices with an error or a conflict in at least one profile.'),
    failed: int32OrNull('Devices that do not meet at least one profile.'),
  },
  navigations: {
    date: navigation(
      'dates',
      { dateKey: 'dateKey' },
      'deviceConfigurationProfileDeviceActivities',
      'The night of the counts.',
    ),
  },
});

export const deviceConfigurationProfileUserActivities = entity({
  name: 'deviceConfigurationProfileUserActivities',
  singular: 'deviceConfigurationProfileUserActivity',
  lifetime: 'event',
  description:
    'Users by the outcome of all their configuration profiles together, one row a night. A user with any error counts as error only.',
  key: ['dateKey'],
  properties: {
    dateKey: snapshotDayOfFact,
    pending: int32OrNull('Users with profiles that were not yet answered, and none that went wrong.'),
    succeeded: int32OrNull('Users for whom every profile was applied.'),
    error: int32OrNull('Users with an error or a conflict in at least one profile.'),
    failed: int32OrNull('Users who do not meet at least one profile.'),
  },
  navigations: {
    date: navigation(
      'dates',
      { dateKey: 'dateKey' },
      'deviceConfigurationProfileUserActivities',
      'The night of the counts.',
    ),
  },
});

export const compliancePolicyStatusDeviceActivities = entity({
  name: 'compliancePolicyStatusDeviceActivities',
  singular: 'compliancePolicyStatusDeviceActivity',
  lifetime: 'event',
  description: 'Devices by their verdict over all compliance policies, one row a night.',
  key: ['dateKey'],
  properties: {
    dateKey: snapshotDayOfFact,
    unknown: int32OrNull('Devices that have not yet been judged.'),
    notApplicable: int32OrNull('Devices to which no compliance policy applies.'),
    compliant: int32OrNull('Devices that meet all their compliance policies, remediated ones included.'),
    inGracePeriod: int32OrNull('Devices that do not comply but still have time to.'),
    nonCompliant: int32OrNull('Devices that break a compliance policy and have no time left.'),
    error: int32OrNull('Devices whose verdict ended in an error or a conflict.'),
  },
  navigations: {
    date: navigation(
      'dates',
      { dateKey: 'dateKey' },
      'compliancePolicyStatusDeviceActivities',
      'The night of the counts.',
    ),
  },
});

export const compliancePolicyStatusDevicePerPolicyActivities = entity({
  name: 'compliancePolicyStatusDevicePerPolicyActivities',
  singular: 'compliancePolicyStatusDevicePerPolicyActivity',
  lifetime: 'event',
  description: 'Devices by verdict for each compliance policy, platform and night.',
  key: ['dateKey', 'policyKey', 'policyPlatformKey'],
  properties: {
    dateKey: snapshotDayOfFact,
    policyKey: policyOfFact,
    policyPlatformKey: int32(
      'Platform of the policy; joins policyPlatformTypes.policyPlatformTypeKey, whose name differs.',
    ),
    unknown: int32OrNull('Devices not yet judged by this policy; null where Graph does not count them.'),
    notApplicable: int32OrNull('Devices that have the policy but to which it does not apply.'),
    compliant: int32OrNull('Devices that meet this policy, remediated ones included.'),
    inGracePeriod: int32OrNull(
      'Devices that break this policy but still have time to mend it. Null where Graph does not tell them apart: for policies of many devices, and for those of kinds it counts by a report.',
    ),
    nonCompliant: int32OrNull(
      'Devices that break this policy and have no time left; with those that still have, where inGracePeriod is null.',
    ),
    error: int32OrNull('Devices on which judging this policy ended in an error or a conflict.'),
  },
  navigations: {
    date: navigation(
      'dates',
      { dateKey: 'dateKey' },
      'compliancePolicyStatusDevicePerPolicyActivities',
      'The night of the counts.',
    ),
    policy: navigation(
      'policies',
      { policyKey: 'policyKey' },
      'compliancePolicyStatusDevicePerPolicyActivities',
      'The compliance policy.',
    ),
    policyPlatformType: navigation(
      'policyPlatformTypes',
      { policyPlatformKey: 'policyPlatformTypeKey' },
      'compliancePolicyStatusDevicePerPolicyActivities',
      'The platform of the policy.',
    ),
  },
});
