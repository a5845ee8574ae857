// What the keys of a device mean: its type, owner, category, and the states it can be in.
import { entity, int32, text, bool, NOT_AVAILABLE_KEY } from '../entity.ts';
import { lookupRows } from './lookup-rows.ts';
import { rowModified, SEED_ROW_MODIFIED } from './common-properties.ts';

export const deviceTypes = entity({
  name: 'deviceTypes',
  singular: 'deviceType',
  lifetime: 'current',
  description:
    'Kinds of device. Windows PCs are number 1 and Macs under management number 14, as Intune itself counts them.',
  key: ['deviceTypeID'],
  properties: {
    deviceTypeID: int32('Number of the kind in Intune; -1 stands for not available.'),
    deviceTypeKey: int32(
      'Key that facts refer to; equal to deviceTypeID, since existing reports join by either.',
    ),
    deviceTypeName: text('Name of the kind, for example IPad or MacMDM.'),
  },
  rows: lookupRows(
    { id: 'deviceTypeID', key: 'deviceTypeKey', name: 'deviceTypeName' },
    {
      0: 'Desktop',
      1: 'Windows',
      2: 'WinMO6',
      3: 'Nokia',
      4: 'WindowsPhone',
      5: 'Mac',
      6: 'WinCE',
      7: 'WinEmbedded',
      8: 'IPhone',
      9: 'IPad',
      10: 'IPod',
      11: 'Android',
      12: 'ISocConsumer',
      13: 'Unix',
      14: 'MacMDM',
      15: 'HoloLens',
      16: 'SurfaceHub',
      17: 'AndroidForWork',
      18: 'AndroidEnterprise',
      19: 'Windows10X',
      20: 'AndroidNGMS',
      21: 'ChromeOS',
      22: 'Linux',
      23: 'VisionOS',
      24: 'TvOS',
      100: 'Blackberry',
      101: 'Palm',
      255: 'Unknown',
      257: 'CloudPC',
    },
  ),
});

export const deviceRegistrationStates = entity({
  name: 'deviceRegistrationStates',
  singular: 'deviceRegistrationState',
  lifetime: 'current',
  description: 'How far the registration of a device with Microsoft Entra has come.',
  key: ['deviceRegistrationStateID'],
  properties: {
    deviceRegistrationStateID: int32(
      'Number of the state in Intune. There is no 1; -1 stands for not available.',
    ),
    deviceRegistrationStateKey: int32('Key that devices and their histories refer to.'),
    deviceRegistrationStateName: text('Name of the state, for example Registered or KeyConflict.'),
  },
  rows: lookupRows(
    {
      id: 'deviceRegistrationStateID',
      key: 'deviceRegistrationStateKey',
      name: 'deviceRegistrationStateName',
    },
    {
      0: 'NotRegistered',
      2: 'Registered',
      3: 'Revoked',
      4: 'KeyConflict',
      5: 'ApprovalPending',
      6: 'CertificateReset',
      7: 'NotRegisteredPendingEnrollment',
      8: 'Unknown',
    },
  ),
});

export const ownerTypes = entity({
  name: 'ownerTypes',
  singular: 'ownerType',
  lifetime: 'current',
  description: 'Who owns a device: the company or the person who uses it.',
  key: ['ownerTypeID'],
  properties: {
    ownerTypeID: int32('Number of the kind of owner in Intune; -1 stands for not available.'),
    ownerTypeKey: int32('Key that devices and their histories refer to as ownerTypeKey.'),
    ownerTypeName: text('Company, Personal or Unknown. Company is what the admin center calls corporate.'),
  },
  rows: lookupRows(
    { id: 'ownerTypeID', key: 'ownerTypeKey', name: 'ownerTypeName' },
    { 0: 'Unknown', 1: 'Company', 2: 'Personal' },
  ),
});

export const managementStates = entity({
  name: 'managementStates',
  singular: 'managementState',
  lifetime: 'current',
  description: 'Whether a device is under management or on its way out by retire, wipe or delete.',
  key: ['managementStateID'],
  properties: {
    managementStateID: int32('Number of the management state in Intune; -1 stands for not available.'),
    managementStateKey: int32('Key that devices and their histories refer to as managementStateKey.'),
    managementStateName: text('Name of the state: Managed, WipePending, RetireIssued and so on.'),
  },
  rows: lookupRows(
    { id: 'managementStateID', key: 'managementStateKey', name: 'managementStateName' },
    {
      0: 'Managed',
      1: 'RetirePending',
      2: 'RetireFailed',
      3: 'WipePending',
      4: 'WipeFailed',
      5: 'Unhealthy',
      6: 'DeletePending',
      7: 'RetireIssued',
      8: 'WipeIssued',
      9: 'WipeCanceled',
      10: 'RetireCanceled',
      11: 'Discovered',
    },
  ),
});

export const managementAgentTypes = entity({
  name: 'managementAgentTypes',
  singular: 'managementAgentType',
  lifetime: 'current',
  description:
    'Channels by which a device can be managed: MDM, Exchange ActiveSync, Configuration Manager and others.',
  key: ['managementAgentID'],
  properties: {
    managementAgentID: int32('Number of the channel in Intune; -1 stands for not available.'),
    managementAgentKey: int32('Key that devices refer to as managementAgentKey.'),
    managementAgentName: text('Name of the channel, for example Mdm or ConfigurationManagerClientMdm.'),
  },
  rows: lookupRows(
    { id: 'managementAgentID', key: 'managementAgentKey', name: 'managementAgentName' },
    {
      1: 'Eas',
      2: 'Mdm',
      3: 'EasMdm',
      4: 'IntuneClient',
      5: 'EasIntuneClient',
      8: 'ConfigManagerClient',
      10: 'ConfigurationManagerClientMdm',
      11: 'ConfigurationManagerClientMdmEas',
      16: 'Unknown',
      32: 'Jamf',
      64: 'GoogleCloudDevicePolicyController',
      258: 'Microsoft365ManagedMdm',
      1024: 'MsSense',
      2048: 'IntuneAosp',
      8192: 'Google',
    },
    'Not Yet Available',
  ),
});

const complianceStateRow = (complianceStateKey: number, complianceStatus: string) => ({
  complianceStateID: String(complianceStateKey),
  complianceStateKey,
  complianceStatus,
});

export const complianceStates = entity({
  name: 'complianceStates',
  singular: 'complianceState',
  lifetime: 'current',
  description: 'Verdicts that Intune reaches over all compliance policies of a device.',
  key: ['complianceStateID'],
  properties: {
    complianceStateID: text('Number of the verdict in Intune, but as text: compare with "1", not with 1.'),
    complianceStateKey: int32('Key that devices and their histories refer to as complianceStateKey.'),
    complianceStatus: text(
      'Name of the verdict: Compliant, Noncompliant, InGracePeriod, Conflict, Error, ConfigManager or Unknown.',
    ),
  },
  rows: [
    complianceStateRow(NOT_AVAILABLE_KEY, 'Not Yet Available'),
    complianceStateRow(0, 'Unknown'),
    complianceStateRow(1, 'Compliant'),
    complianceStateRow(2, 'Noncompliant'),
    complianceStateRow(3, 'Conflict'),
    complianceStateRow(4, 'Error'),
    complianceStateRow(254, 'InGracePeriod'),
    complianceStateRow(255, 'ConfigManager'),
  ],
});

export const deviceCategories = entity({
  name: 'deviceCategories',
  singular: 'deviceCategory',
  lifetime: 'current',
  description:
    'Categories that the tenant’s admins made to group devices, and one row for devices without any.',
  key: ['deviceCategoryID'],
  properties: {
    deviceCategoryID: text(
      'Id of the category in Intune, a GUID as text; all zeros on the row for devices without a category.',
    ),
    deviceCategoryKey: int32('Key that devices and their histories refer to; -1 means no category.', {
      role: 'surrogate',
    }),
    deviceCategoryName: text('Name as the admins gave it; Unknown where no category is set.'),
    isDeleted: bool(
      'True once the category no longer exists in Intune; devices of the past may still refer to it.',
      {
        role: 'deleted',
      },
    ),
    rowLastModifiedDateTimeUTC: rowModified,
  },
  rows: [
    {
      deviceCategoryID: '00000000-0000-0000-0000-000000000000',
      deviceCategoryKey: NOT_AVAILABLE_KEY,
      deviceCategoryName: 'Unknown',
      isDeleted: false,
      rowLastModifiedDateTimeUTC: SEED_ROW_MODIFIED,
    },
  ],
});
