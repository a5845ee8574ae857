// Devices: their current state, and their state on each snapshot day.
import {
  entity,
  instantOrNull,
  int32,
  int32OrNull,
  int64OrNull,
  navigation,
  text,
  textOrNull,
  bool,
  boolOrNull,
} from '../entity.ts';
import { deviceOfFact, snapshotDayOfFact, rowModified } from './common-properties.ts';

export const devices = entity({
  name: 'devices',
  singular: 'device',
  lifetime: 'current',
  mustNotBeEmpty: true,
  history: 'devicePropertyHistories',
  description:
    'Every device that Intune manages or has managed, in its latest state. Devices that left stay, with isDeleted true; Jamf devices are never included.',
  key: ['deviceKey'],
  properties: {
    deviceKey: int32(
      'The warehouse’s own number of the device, the same every night and never given to another. Facts refer to devices by it.',
      { role: 'surrogate' },
    ),
    deviceId: text(
      'Id of the device in Intune, a GUID as text. A device that is enrolled anew gets a new one.',
    ),
    deviceName: textOrNull('Name of the device as Intune shows it; not unique and not stable.', {
      personal: 'deviceName',
    }),
    deviceTypeKey: int32('Kind of device; joins deviceTypes.deviceTypeKey, -1 when unknown.'),
    deviceRegistrationStateKey: int32(
      'State of the registration with Microsoft Entra; joins deviceRegistrationStates.deviceRegistrationStateKey.',
    ),
    ownerTypeKey: int32('Company-owned or personal; joins ownerTypes.ownerTypeKey.'),
    enrolledDateTime: instantOrNull(
      'When the device was enrolled, in UTC; null when the source does not say.',
    ),
    lastSyncDateTime: instantOrNull(
      'When the device last completed a check-in with Intune, in UTC; null before the first one.',
    ),
    managementAgentKey: int32(
      'By which channel the device is managed; joins managementAgentTypes.managementAgentKey.',
    ),
    managementStateKey: int32(
      'Managed, or on its way out through retire, wipe or delete; joins managementStates.managementStateKey.',
    ),
    azureADDeviceId: textOrNull(
      'Id of the device in Microsoft Entra, a GUID as text; null when the device is not known there. Several rows may share one after re-enrolment.',
    ),
    azureADRegistered: boolOrNull(
      'Whether the device is registered with Microsoft Entra; null when unknown.',
    ),
    deviceCategoryKey: int32(
      'Category that an admin or the user chose; joins deviceCategories.deviceCategoryKey, -1 when none is set.',
      { refers: 'deviceCategories' },
    ),
    deviceEnrollmentTypeKey: int32(
      'How the device was enrolled; joins deviceEnrollmentTypes.deviceEnrollmentTypeKey.',
    ),
    complianceStateKey: int32(
      'Verdict over all compliance policies of the device; joins complianceStates.complianceStateKey.',
    ),
    osVersion: textOrNull(
      'Version of the operating system as the device reports it: "10.0.26100.4349", "18.5", "15.5 (24F74)". Compare as text with care.',
    ),
    easDeviceId: textOrNull('Id of the device in Exchange ActiveSync; null when it does not use it.'),
    serialNumber: textOrNull(
      'Serial number from the manufacturer; null when not reported. Duplicates occur, so it is no key.',
      { personal: 'serial' },
    ),
    userId: textOrNull(
      'Microsoft Entra object id of the user the device is enrolled for; joins users.userId, null for devices without a user.',
      { personal: 'id' },
    ),
    rowLastModifiedDateTimeUTC: rowModified,
    manufacturer: textOrNull('Who made the device, in the manufacturer’s own spelling.'),
    model: textOrNull('Model of the device, in the manufacturer’s own spelling.'),
    operatingSystem: textOrNull(
      'Family of the operating system: Windows, macOS, iOS (iPads too), Android, Linux.',
    ),
    isDeleted: bool('True once the device no longer appears in Intune; its last known state is kept.', {
      role: 'deleted',
    }),
    androidSecurityPatchLevel: textOrNull(
      'Date of the Android security patch as text, yyyy-mm-dd; null on other systems.',
    ),
    meid: textOrNull('Mobile equipment identifier of a CDMA modem; null without one.', { personal: 'imei' }),
    isSupervised: int32OrNull(
      'Whether an Apple device is supervised: 1 or 0, a number and not a boolean; null when not reported.',
    ),
    freeStorageSpaceInBytes: int64OrNull('Free storage in bytes; null when the device has not reported it.'),
    totalStorageSpaceInBytes: int64OrNull(
      'Total storage in bytes; null when the device has not reported it.',
    ),
    encryptionState: int32OrNull(
      'Whether storage is encrypted: 1 or 0, a number and not a boolean; null when not reported. deviceEncryptionStates tells the rest of the story.',
    ),
    subscriberCarrier: textOrNull('Mobile network operator; null without a SIM.'),
    phoneNumber: textOrNull('Phone number of the SIM; many tenants see only its last digits.', {
      personal: 'phone',
    }),
    imei: textOrNull('International mobile equipment identity of the modem; null without one.', {
      personal: 'imei',
    }),
    cellularTechnology: textOrNull(
      'Mobile technologies of the modem, such as GSM or CDMA; null without one. From the inventory report: as last told.',
    ),
    wiFiMacAddress: textOrNull(
      'MAC address of the Wi-Fi adapter, hexadecimal without separators, in either case.',
      {
        personal: 'mac',
      },
    ),
    ethernetMacAddress: textOrNull(
      'MAC address of the wired adapter; null when there is none or it is not reported. From the inventory report: as last told.',
      {
        personal: 'mac',
      },
    ),
    office365Version: textOrNull(
      'Kept so that existing reports find the column; always null, because Microsoft Graph has no source for it.',
    ),
    windowsOsEdition: textOrNull(
      'Edition of Windows as the number of its SKU, in text: "4" is Enterprise, "48" is Pro. Null on other systems.',
    ),
    primaryUser: textOrNull(
      'Microsoft Entra object id of the primary user; matches users.userId. Usually the same as userId, null on shared devices.',
      { personal: 'id' },
    ),
    iccid: textOrNull('Number of the SIM card; null without one. From the inventory report: as last told.', {
      personal: 'phone',
      beta: true,
    }),
    subnetAddressV4Wifi: textOrNull(
      'IPv4 subnet of the Wi-Fi adapter. From the inventory report: as last told.',
      {
        personal: 'ip',
        beta: true,
      },
    ),
    ipAddressV4Wifi: textOrNull(
      'IPv4 address of the Wi-Fi adapter. From the inventory report: as last told.',
      {
        personal: 'ip',
        beta: true,
      },
    ),
  },
  navigations: {
    user: navigation('users', { userId: 'userId' }, 'devices', 'The user the device is enrolled for.'),
    primaryUserAccount: navigation(
      'users',
      { primaryUser: 'userId' },
      'devicesAsPrimaryUser',
      'The primary user of the device.',
    ),
    deviceType: navigation('deviceTypes', { deviceTypeKey: 'deviceTypeKey' }, 'devices', 'Kind of device.'),
    deviceRegistrationState: navigation(
      'deviceRegistrationStates',
      { deviceRegistrationStateKey: 'deviceRegistrationStateKey' },
      'devices',
      'State of the registration with Microsoft Entra.',
    ),
    ownerType: navigation('ownerTypes', { ownerTypeKey: 'ownerTypeKey' }, 'devices', 'Who owns the device.'),
    managementAgentType: navigation(
      'managementAgentTypes',
      { managementAgentKey: 'managementAgentKey' },
      'devices',
      'The channel by which the device is managed.',
    ),
    managementState: navigation(
      'managementStates',
      { managementStateKey: 'managementStateKey' },
      'devices',
      'Where the device stands between enrolment and removal.',
    ),
    deviceCategory: navigation(
      'deviceCategories',
      { deviceCategoryKey: 'deviceCategoryKey' },
      'devices',
      'The category chosen for the device.',
    ),
    deviceEnrollmentType: navigation(
      'deviceEnrollmentTypes',
      { deviceEnrollmentTypeKey: 'deviceEnrollmentTypeKey' },
      'devices',
      'How the device was enrolled.',
    ),
    complianceState: navigation(
      'complianceStates',
      { complianceStateKey: 'complianceStateKey' },
      'devices',
      'The verdict over all compliance policies.',
    ),
  },
});

export const devicePropertyHistories = entity({
  name: 'devicePropertyHistories',
  singular: 'devicePropertyHistory',
  lifetime: 'daily',
  vendorDays: 60,
  description:
    'What each device was like on each night: one row per device and day, kept as long as the owner of this warehouse wants. The largest collection; ask for days or devices.',
  key: ['dateKey', 'deviceKey'],
  properties: {
    dateKey: snapshotDayOfFact,
    deviceKey: deviceOfFact,
    deviceName: textOrNull('Name of the device on that night.', { personal: 'deviceName' }),
    deviceRegistrationStateKey: int32(
      'Registration with Microsoft Entra on that night; joins deviceRegistrationStates.deviceRegistrationStateKey.',
    ),
    ownerTypeKey: int32('Ownership on that night; joins ownerTypes.ownerTypeKey.'),
    managementStateKey: int32('Management state on that night; joins managementStates.managementStateKey.'),
    azureADRegistered: boolOrNull(
      'Whether the device was registered with Microsoft Entra on that night; null when unknown.',
    ),
    complianceStateKey: int32('Compliance verdict on that night; joins complianceStates.complianceStateKey.'),
    osVersion: textOrNull('Version of the operating system on that night, as the device reported it.'),
    jailBroken: int32OrNull(
      'Whether the device was jailbroken or rooted: 1 or 0, a number and not a boolean; null when it could not be told.',
    ),
    deviceCategoryKey: int32(
      'Category on that night; joins deviceCategories.deviceCategoryKey, -1 when none was set.',
      { refers: 'deviceCategories' },
    ),
    physicalMemoryInBytes: int64OrNull(
      'Memory in bytes, which no list and no report tells: null until the device was asked by itself, then as last told.',
    ),
    totalStorageSpaceInBytes: int64OrNull('Total storage in bytes on that night; null when not reported.'),
  },
  navigations: {
    date: navigation(
      'dates',
      { dateKey: 'dateKey' },
      'devicePropertyHistories',
      'The night of the snapshot.',
    ),
    device: navigation(
      'devices',
      { deviceKey: 'deviceKey' },
      'devicePropertyHistories',
      'The device in its latest state.',
    ),
    deviceRegistrationState: navigation(
      'deviceRegistrationStates',
      { deviceRegistrationStateKey: 'deviceRegistrationStateKey' },
      'devicePropertyHistories',
      'State of the registration on that night.',
    ),
    ownerType: navigation(
      'ownerTypes',
      { ownerTypeKey: 'ownerTypeKey' },
      'devicePropertyHistories',
      'Who owned the device on that night.',
    ),
    managementState: navigation(
      'managementStates',
      { managementStateKey: 'managementStateKey' },
      'devicePropertyHistories',
      'The management state on that night.',
    ),
    complianceState: navigation(
      'complianceStates',
      { complianceStateKey: 'complianceStateKey' },
      'devicePropertyHistories',
      'The compliance verdict on that night.',
    ),
    deviceCategory: navigation(
      'deviceCategories',
      { deviceCategoryKey: 'deviceCategoryKey' },
      'devicePropertyHistories',
      'The category on that night.',
    ),
  },
});
