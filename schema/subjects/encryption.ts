// Disk encryption: state, readiness and eligibility of each device on every snapshot day, and the policies behind them.
import { entity, int32, int32OrNull, navigation, text, textOrNull, boolOrNull } from '../entity.ts';
import { deviceOfFact, snapshotDayOfFact, policyOfFact, rowModified } from './common-properties.ts';

export const deviceEncryptionStates = entity({
  name: 'deviceEncryptionStates',
  singular: 'deviceEncryptionState',
  lifetime: 'daily',
  description:
    'How each device stood with disk encryption on each night: what Intune reports, what follows from it, and whether BitLocker could be turned on silently.',
  key: ['dateKey', 'deviceKey'],
  properties: {
    dateKey: snapshotDayOfFact,
    deviceKey: deviceOfFact,
    encryptionReadinessStateKey: int32(
      'Readiness as Intune reports it; joins encryptionReadinessStates.encryptionReadinessStateKey. Known to be wrong for some recent Macs.',
    ),
    derivedReadinessStateKey: int32(
      'Readiness by the documented rules (system version, edition, TPM), computed here; joins encryptionReadinessStates.encryptionReadinessStateKey.',
    ),
    encryptionStateKey: int32(
      'Whether the system drive is encrypted; joins encryptionStates.encryptionStateKey. Devices report with up to a day’s delay.',
    ),
    encryptionPolicySettingStateKey: int32(
      'State of the encryption policy as Intune reports it; joins encryptionPolicySettingStates.encryptionPolicySettingStateKey.',
    ),
    profileStateSummaryKey: int32(
      'Least favourable state over all encryption profiles of the device, computed here; joins encryptionPolicySettingStates.encryptionPolicySettingStateKey.',
    ),
    tpmSpecificationVersion: textOrNull(
      'Version of the TPM, for example "2.0"; null when there is none or it is not reported, as on every Mac.',
    ),
    advancedBitLockerStates: textOrNull(
      'BitLocker flags by name as the source writes them, joined by commas; null on a Mac. deviceEncryptionStatusDetails has one row for each.',
    ),
    advancedBitLockerStateMask: int32OrNull(
      'The same flags as a sum of bits, for filters; 0 means nothing is amiss. Flags without a known bit are left out.',
    ),
    fileVaultStates: textOrNull('FileVault flags by name, joined by commas; null on Windows.'),
    fileVaultStateMask: int32OrNull(
      'FileVault flags as a sum of bits: 1 encrypted by the user, 2 deferred by the user, 4 key not stored; 0 means nothing is amiss.',
    ),
    bitLockerRecoveryKeyCount: int32OrNull(
      'How many BitLocker recovery keys the directory holds for the device, never a key itself. At 200 silent encryption stops working; null when keys may not be counted.',
    ),
    fileVaultRecoveryKeyCount: int32OrNull(
      'Whether a FileVault recovery key is stored: 1 or 0, a count and never the key itself; null when unknown and on Windows.',
    ),
    silentEncryptionEligibleForAdmins: boolOrNull(
      'Whether BitLocker could be turned on without any prompt if the user is an administrator; null when no rule fails but one cannot be told, such as UEFI without attested Secure Boot, or the device does not run Windows.',
    ),
    silentEncryptionFailedRuleForAdmins: textOrNull(
      'First rule that stands in the way of silent encryption for administrators; null when none does.',
    ),
    silentEncryptionEligibleForStandardUsers: boolOrNull(
      'Whether BitLocker could be turned on without any prompt for a standard user; null when no rule fails but one cannot be told, such as UEFI without attested Secure Boot, or the device does not run Windows.',
    ),
    silentEncryptionFailedRuleForStandardUsers: textOrNull(
      'First rule that stands in the way of silent encryption for standard users; null when none does.',
    ),
  },
  navigations: {
    date: navigation('dates', { dateKey: 'dateKey' }, 'deviceEncryptionStates', 'The night of the snapshot.'),
    device: navigation('devices', { deviceKey: 'deviceKey' }, 'deviceEncryptionStates', 'The device.'),
    encryptionReadinessState: navigation(
      'encryptionReadinessStates',
      { encryptionReadinessStateKey: 'encryptionReadinessStateKey' },
      'deviceEncryptionStates',
      'Readiness as reported.',
    ),
    derivedReadinessState: navigation(
      'encryptionReadinessStates',
      { derivedReadinessStateKey: 'encryptionReadinessStateKey' },
      'deviceEncryptionStatesAsDerived',
      'Readiness by the documented rules.',
    ),
    encryptionState: navigation(
      'encryptionStates',
      { encryptionStateKey: 'encryptionStateKey' },
      'deviceEncryptionStates',
      'Whether the system drive is encrypted.',
    ),
    encryptionPolicySettingState: navigation(
      'encryptionPolicySettingStates',
      { encryptionPolicySettingStateKey: 'encryptionPolicySettingStateKey' },
      'deviceEncryptionStates',
      'The policy state as reported.',
    ),
    profileStateSummary: navigation(
      'encryptionPolicySettingStates',
      { profileStateSummaryKey: 'encryptionPolicySettingStateKey' },
      'deviceEncryptionStatesAsSummary',
      'The least favourable policy state.',
    ),
  },
});

export const deviceEncryptionStatusDetails = entity({
  name: 'deviceEncryptionStatusDetails',
  singular: 'deviceEncryptionStatusDetail',
  lifetime: 'daily',
  description:
    'Why a device was not, or not rightly, encrypted on a night: one row for each reason. Devices without a reason have no row.',
  key: ['dateKey', 'deviceKey', 'encryptionStatusDetailKey'],
  properties: {
    dateKey: snapshotDayOfFact,
    deviceKey: deviceOfFact,
    encryptionStatusDetailKey: int32('The reason; joins encryptionStatusDetails.encryptionStatusDetailKey.'),
  },
  navigations: {
    date: navigation(
      'dates',
      { dateKey: 'dateKey' },
      'deviceEncryptionStatusDetails',
      'The night of the snapshot.',
    ),
    device: navigation('devices', { deviceKey: 'deviceKey' }, 'deviceEncryptionStatusDetails', 'The device.'),
    encryptionStatusDetail: navigation(
      'encryptionStatusDetails',
      { encryptionStatusDetailKey: 'encryptionStatusDetailKey' },
      'deviceEncryptionStatusDetails',
      'The reason and what to do about it.',
    ),
  },
});

export const deviceEncryptionPolicies = entity({
  name: 'deviceEncryptionPolicies',
  singular: 'deviceEncryptionPolicy',
  lifetime: 'daily',
  description: 'Which encryption policies reached which device on each night.',
  key: ['dateKey', 'deviceKey', 'policyKey'],
  properties: {
    dateKey: snapshotDayOfFact,
    deviceKey: deviceOfFact,
    policyKey: policyOfFact,
  },
  navigations: {
    date: navigation(
      'dates',
      { dateKey: 'dateKey' },
      'deviceEncryptionPolicies',
      'The night of the snapshot.',
    ),
    device: navigation('devices', { deviceKey: 'deviceKey' }, 'deviceEncryptionPolicies', 'The device.'),
    policy: navigation('policies', { policyKey: 'policyKey' }, 'deviceEncryptionPolicies', 'The policy.'),
  },
});

export const encryptionPolicySettings = entity({
  name: 'encryptionPolicySettings',
  singular: 'encryptionPolicySetting',
  lifetime: 'current',
  description:
    'BitLocker and FileVault settings of each policy beside the value that the report or silent encryption needs: where eligibility comes from. Of the settings catalog, all of BitLocker that a policy configures.',
  key: ['policyKey', 'settingName'],
  properties: {
    policyKey: policyOfFact,
    settingName: text(
      'Name of the setting as Microsoft Graph writes it, for example bitLockerEncryptDevice; in the settings catalog device_vendor_msft_bitlocker_requiredeviceencryption.',
    ),
    configuredValue: textOrNull('Value in the policy as text; null when the policy leaves it open.'),
    requiredValue: textOrNull(
      'What the rule wants, as text: one value, several joined by "or", or "not" and a value; null when no rule asks.',
    ),
    isSatisfied: boolOrNull('Whether the configured value meets the rule; null when no rule asks.'),
    rowLastModifiedDateTimeUTC: rowModified,
  },
  navigations: {
    policy: navigation('policies', { policyKey: 'policyKey' }, 'encryptionPolicySettings', 'The policy.'),
  },
});

export const encryptionActivities = entity({
  name: 'encryptionActivities',
  singular: 'encryptionActivity',
  lifetime: 'event',
  description:
    'Devices by kind, readiness and encryption, counted each night: small enough to draw the trend of years.',
  key: ['dateKey', 'deviceTypeKey', 'encryptionReadinessStateKey', 'encryptionStateKey'],
  properties: {
    dateKey: snapshotDayOfFact,
    deviceTypeKey: int32('Kind of the counted devices; joins deviceTypes.deviceTypeKey.'),
    encryptionReadinessStateKey: int32(
      'Readiness by the documented rules, as derivedReadinessStateKey has it; joins encryptionReadinessStates.encryptionReadinessStateKey.',
    ),
    encryptionStateKey: int32('Whether they are encrypted; joins encryptionStates.encryptionStateKey.'),
    deviceCount: int32('Number of devices of this kind, readiness and encryption state.'),
  },
  navigations: {
    date: navigation('dates', { dateKey: 'dateKey' }, 'encryptionActivities', 'The night of the counts.'),
    deviceType: navigation(
      'deviceTypes',
      { deviceTypeKey: 'deviceTypeKey' },
      'encryptionActivities',
      'Kind of the devices.',
    ),
    encryptionReadinessState: navigation(
      'encryptionReadinessStates',
      { encryptionReadinessStateKey: 'encryptionReadinessStateKey' },
      'encryptionActivities',
      'Their readiness.',
    ),
    encryptionState: navigation(
      'encryptionStates',
      { encryptionStateKey: 'encryptionStateKey' },
      'encryptionActivities',
      'Whether they are encrypted.',
    ),
  },
});
