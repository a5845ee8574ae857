// Where devices and their daily history come from: Intune's list of managed devices.
import { devicePropertyHistories, devices } from '../../schema/subjects/devices.ts';
import { NOT_REPORTED } from '../../src/engines/staging.ts';
import type { Resource } from '../graph/read-pages.ts';
import { streamOf } from '../stream.ts';
import type { KeyOf } from '../transform/lookups.ts';
import {
  bytesOf,
  countOf,
  idOf,
  instantOf,
  textOf,
  booleanNumberOf,
  booleanOf,
} from '../transform/graph-values.ts';
import { DEVICE_LOOKUPS } from './device-lookups.ts';

// Only properties that the list really fills; others are always empty in it and would look like facts.
const SELECTED = [
  'id',
  'deviceName',
  'deviceType',
  'operatingSystem',
  'osVersion',
  'skuFamily',
  'skuNumber',
  'joinType',
  'managedDeviceOwnerType',
  'enrolledDateTime',
  'lastSyncDateTime',
  'managementAgent',
  'managementState',
  'deviceRegistrationState',
  'deviceEnrollmentType',
  'complianceState',
  'azureADRegistered',
  'azureADDeviceId',
  'deviceCategoryDisplayName',
  'easDeviceId',
  'serialNumber',
  'manufacturer',
  'model',
  'isEncrypted',
  'isSupervised',
  'jailBroken',
  'androidSecurityPatchLevel',
  'imei',
  'meid',
  'phoneNumber',
  'subscriberCarrier',
  'freeStorageSpaceInBytes',
  'totalStorageSpaceInBytes',
  'wiFiMacAddress',
  'deviceHealthAttestationState',
  'userId',
  'userPrincipalName',
] as const;

/** Beta, since v1.0 has neither deviceType nor joinType nor skuFamily. */
export const MANAGED_DEVICES = `/beta/deviceManagement/managedDevices?$select=${SELECTED.join(',')}`;

/** The number of devices, by which the list is checked. */
export const MANAGED_DEVICE_OVERVIEW = '/v1.0/deviceManagement/managedDeviceOverview';

export interface ManagedDeviceOverview {
  readonly enrolledDeviceCount?: unknown;
}

export type ManagedDevice = Resource<(typeof SELECTED)[number]>;

export interface DeviceRecord {
  readonly device: ManagedDevice;
  readonly keyOf: KeyOf;
  /** Id of the device's category; null when it has none. */
  readonly categoryId: string | null;
}

/** The vendor's warehouse does not have devices that Jamf manages. */
export function isWarehouseDevice({ managementAgent }: ManagedDevice): boolean {
  return managementAgent !== 'jamf';
}

// Only a GET of the single device or an export has these; see device-inventory.ts.
const notReportedByLists = (): typeof NOT_REPORTED => NOT_REPORTED;

export const deviceStream = streamOf<DeviceRecord>()(devices, {
  naturalKey: ({ device }) => device.id,
  sources: {
    deviceId: ({ device }) => device.id,
    deviceName: ({ device }) => textOf(device.deviceName),
    deviceTypeKey: ({ device, keyOf }) => keyOf(DEVICE_LOOKUPS.deviceType, device.deviceType),
    deviceRegistrationStateKey: ({ device, keyOf }) =>
      keyOf(DEVICE_LOOKUPS.registrationState, device.deviceRegistrationState),
    ownerTypeKey: ({ device, keyOf }) => keyOf(DEVICE_LOOKUPS.owner, device.managedDeviceOwnerType),
    enrolledDateTime: ({ device }) => instantOf(device.enrolledDateTime),
    lastSyncDateTime: ({ device }) => instantOf(device.lastSyncDateTime),
    managementAgentKey: ({ device, keyOf }) => keyOf(DEVICE_LOOKUPS.managementAgent, device.managementAgent),
    managementStateKey: ({ device, keyOf }) => keyOf(DEVICE_LOOKUPS.managementState, device.managementState),
    azureADDeviceId: ({ device }) => idOf(device.azureADDeviceId),
    azureADRegistered: ({ device }) => booleanOf(device.azureADRegistered),
    deviceCategoryKey: ({ categoryId }) => categoryId,
    deviceEnrollmentTypeKey: ({ device, keyOf }) =>
      keyOf(DEVICE_LOOKUPS.enrollmentType, device.deviceEnrollmentType),
    complianceStateKey: ({ device, keyOf }) => keyOf(DEVICE_LOOKUPS.complianceState, device.complianceState),
    osVersion: ({ device }) => textOf(device.osVersion),
    easDeviceId: ({ device }) => textOf(device.easDeviceId),
    serialNumber: ({ device }) => textOf(device.serialNumber),
    userId: ({ device }) => idOf(device.userId),
    manufacturer: ({ device }) => textOf(device.manufacturer),
    model: ({ device }) => textOf(device.model),
    operatingSystem: ({ device }) => textOf(device.operatingSystem),
    androidSecurityPatchLevel: ({ device }) => textOf(device.androidSecurityPatchLevel),
    meid: ({ device }) => textOf(device.meid),
    isSupervised: ({ device }) => booleanNumberOf(device.isSupervised),
    freeStorageSpaceInBytes: ({ device }) => freeBytesOf(device),
    totalStorageSpaceInBytes: ({ device }) => bytesOf(device.totalStorageSpaceInBytes),
    encryptionState: ({ device }) => booleanNumberOf(device.isEncrypted),
    subscriberCarrier: ({ device }) => textOf(device.subscriberCarrier),
    phoneNumber: ({ device }) => textOf(device.phoneNumber),
    imei: ({ device }) => textOf(device.imei),
    cellularTechnology: notReportedByLists,
    wiFiMacAddress: ({ device }) => textOf(device.wiFiMacAddress),
    ethernetMacAddress: notReportedByLists,
    office365Version: () => null,
    windowsOsEdition: ({ device }) => skuTextOf(device),
    primaryUser: ({ device }) => idOf(device.userId),
    iccid: notReportedByLists,
    subnetAddressV4Wifi: notReportedByLists,
    ipAddressV4Wifi: notReportedByLists,
  },
});

export const devicePropertyHistoryStream = streamOf<DeviceRecord>()(devicePropertyHistories, {
  sources: {
    deviceKey: ({ device }) => device.id,
    deviceName: deviceStream.sources.deviceName,
    deviceRegistrationStateKey: deviceStream.sources.deviceRegistrationStateKey,
    ownerTypeKey: deviceStream.sources.ownerTypeKey,
    managementStateKey: deviceStream.sources.managementStateKey,
    azureADRegistered: deviceStream.sources.azureADRegistered,
    complianceStateKey: deviceStream.sources.complianceStateKey,
    osVersion: deviceStream.sources.osVersion,
    jailBroken: ({ device }) => booleanNumberOf(device.jailBroken),
    deviceCategoryKey: deviceStream.sources.deviceCategoryKey,
    physicalMemoryInBytes: notReportedByLists,
    totalStorageSpaceInBytes: deviceStream.sources.totalStorageSpaceInBytes,
  },
});

// A full drive has 0 bytes free; a drive of 0 bytes was not reported.
function freeBytesOf({
  freeStorageSpaceInBytes,
  totalStorageSpaceInBytes,
}: ManagedDevice): number | bigint | null {
  if (bytesOf(totalStorageSpaceInBytes) === null) return bytesOf(freeStorageSpaceInBytes);
  return typeof freeStorageSpaceInBytes === 'bigint'
    ? freeStorageSpaceInBytes
    : countOf(freeStorageSpaceInBytes);
}

function skuTextOf({ skuNumber }: ManagedDevice): string | null {
  const sku = countOf(skuNumber);
  return sku > 0 ? String(sku) : null;
}
