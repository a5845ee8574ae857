// What a device's enums mean in the warehouse, and where its categories come from.
import {
  complianceStates,
  deviceCategories,
  deviceRegistrationStates,
  deviceTypes,
  managementAgentTypes,
  managementStates,
  ownerTypes,
} from '../../schema/subjects/device-lookups.ts';
import { deviceEnrollmentTypes } from '../../schema/subjects/enrollment.ts';
import type { Resource } from '../graph/pages.ts';
import { streamOf } from '../stream.ts';
import type { Lookup } from '../transform/lookups.ts';
import { textOf } from '../transform/sentinels.ts';

export const DEVICE_LOOKUPS = {
  deviceType: {
    entity: deviceTypes,
    columns: { id: 'deviceTypeID', key: 'deviceTypeKey', name: 'deviceTypeName' },
    spelledOtherwise: { windowsRT: 1 },
  },
  registrationState: {
    entity: deviceRegistrationStates,
    columns: {
      id: 'deviceRegistrationStateID',
      key: 'deviceRegistrationStateKey',
      name: 'deviceRegistrationStateName',
    },
  },
  owner: {
    entity: ownerTypes,
    columns: { id: 'ownerTypeID', key: 'ownerTypeKey', name: 'ownerTypeName' },
  },
  managementState: {
    entity: managementStates,
    columns: { id: 'managementStateID', key: 'managementStateKey', name: 'managementStateName' },
  },
  managementAgent: {
    entity: managementAgentTypes,
    columns: { id: 'managementAgentID', key: 'managementAgentKey', name: 'managementAgentName' },
    spelledOtherwise: { configurationManagerClient: 8 },
  },
  enrollmentType: {
    entity: deviceEnrollmentTypes,
    columns: {
      id: 'deviceEnrollmentTypeID',
      key: 'deviceEnrollmentTypeKey',
      name: 'deviceEnrollmentTypeName',
    },
    spelledOtherwise: { windowsAzureADJoinUsingDeviceAuth: 10 },
  },
  complianceState: {
    entity: complianceStates,
    columns: { id: 'complianceStateID', key: 'complianceStateKey', name: 'complianceStatus' },
  },
} as const satisfies Record<string, Lookup>;

export const DEVICE_CATEGORIES = '/v1.0/deviceManagement/deviceCategories';

export type GraphDeviceCategory = Resource<'displayName'>;

export const deviceCategoryStream = streamOf<GraphDeviceCategory>()(deviceCategories, {
  natural: (category) => category.id,
  columns: {
    deviceCategoryID: (category) => category.id,
    deviceCategoryName: (category) => textOf(category.displayName) ?? 'Unknown',
  },
});
