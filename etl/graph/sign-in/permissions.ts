// The application permissions that a run uses, what each is for, and a cheap request that shows whether it was granted.

export interface Permission {
  readonly name: string;
  /** An address below the root of Graph that returns at most one row of one column. */
  readonly probe: string;
  /** What a run cannot read without it. */
  readonly provides: string;
  /** `required`: nothing is published without it. */
  readonly need: 'required' | 'recommended' | 'optional';
}

const NIL_DEVICE_ID = '00000000-0000-0000-0000-000000000000';
const FIRST_ID_ONLY = '?$top=1&$select=id';

export const PERMISSIONS: readonly Permission[] = [
  {
    name: 'DeviceManagementManagedDevices.Read.All',
    probe: `/v1.0/deviceManagement/managedDevices${FIRST_ID_ONLY}`,
    provides: 'devices and enrolments that failed',
    need: 'required',
  },
  {
    name: 'DeviceManagementConfiguration.Read.All',
    probe: `/v1.0/deviceManagement/deviceConfigurations${FIRST_ID_ONLY}`,
    provides: 'policies, their states, encryption states and categories',
    need: 'required',
  },
  {
    name: 'User.Read.All',
    probe: `/v1.0/users${FIRST_ID_ONLY}`,
    provides: 'users and their licences',
    need: 'required',
  },
  {
    name: 'DeviceManagementApps.Read.All',
    probe: `/v1.0/deviceAppManagement/mobileApps${FIRST_ID_ONLY}`,
    provides: 'apps, app configuration, app protection and the management extension',
    need: 'recommended',
  },
  {
    name: 'DeviceManagementServiceConfig.Read.All',
    probe: `/v1.0/deviceManagement/termsAndConditions${FIRST_ID_ONLY}`,
    provides: 'terms of use and who accepted them',
    need: 'recommended',
  },
  {
    name: 'BitlockerKey.ReadBasic.All',
    // This list does not support $top; a device with this id does not exist.
    probe: `/v1.0/informationProtection/bitlocker/recoveryKeys?$filter=deviceId%20eq%20'${NIL_DEVICE_ID}'`,
    provides: 'whether a recovery key exists',
    need: 'optional',
  },
];
