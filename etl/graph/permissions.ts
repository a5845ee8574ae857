// The application permissions that nights read by, what each is for, and a cheap request that shows whether it was granted.

export interface Permission {
  readonly name: string;
  /** Below the root of Graph; one row of one column at most. */
  readonly probe: string;
  /** What a night does not have without it. */
  readonly gives: string;
  /** `vital`: no night is published without it. */
  readonly need: 'vital' | 'usual' | 'optional';
}

const NO_DEVICE = '00000000-0000-0000-0000-000000000000';
const ONE = '?$top=1&$select=id';

export const PERMISSIONS: readonly Permission[] = [
  {
    name: 'DeviceManagementManagedDevices.Read.All',
    probe: `/v1.0/deviceManagement/managedDevices${ONE}`,
    gives: 'devices and enrolments that failed',
    need: 'vital',
  },
  {
    name: 'DeviceManagementConfiguration.Read.All',
    probe: `/v1.0/deviceManagement/deviceConfigurations${ONE}`,
    gives: 'policies, their states, encryption states and categories',
    need: 'vital',
  },
  {
    name: 'User.Read.All',
    probe: `/v1.0/users${ONE}`,
    gives: 'users and their licences',
    need: 'vital',
  },
  {
    name: 'DeviceManagementApps.Read.All',
    probe: `/v1.0/deviceAppManagement/mobileApps${ONE}`,
    gives: 'apps, app configuration, app protection and the management extension',
    need: 'usual',
  },
  {
    name: 'DeviceManagementServiceConfig.Read.All',
    probe: `/v1.0/deviceManagement/termsAndConditions${ONE}`,
    gives: 'terms of use and who accepted them',
    need: 'usual',
  },
  {
    name: 'BitlockerKey.ReadBasic.All',
    // It knows no $top; of this device there is none.
    probe: `/v1.0/informationProtection/bitlocker/recoveryKeys?$filter=deviceId%20eq%20'${NO_DEVICE}'`,
    gives: 'whether a recovery key exists',
    need: 'optional',
  },
];
