// Lookups for the enums of devices, and where device categories come from.
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
import type { Resource } from '../graph/read-pages.ts';
import { streamOf } from '../stream.ts';
import type { Lookup } from '../transform/lookups.ts';
import { textOf } from '../transform/graph-values.ts';

export const DEVICE_LOOKUPS = {
  deviceType: {
    entity: deviceTypes,
    properties: { id: 'deviceTypeID', key: 'deviceTypeKey', name: 'deviceTypeName' },
    aliases: { windowsRT: 1 },
  },
  registrationState: {
    entity: deviceRegistrationStates,
    properties: {
      id: 'deviceRegistrationStateID',
      key: 'deviceRegistrationStateKey',
      name: 'deviceRegistrationStateName',
    },
  },
  owner: {
    entity: ownerTypes,
    properties: { id: 'ownerTypeID', key: 'ownerTypeKey', name: 'ownerTypeName' },
  },
  managementState: {
    entity: managementStates,
    properties: { id: 'managementStateID', key: 'managementStateKey', name: 'managementStateName' },
  },
  managementAgent: {
    entity: managementAgentTypes,
    properties: { id: 'managementAgentID', key: 'managementAgentKey', name: 'managementAgentName' },
    aliases: { configurationManagerClient: 8 },
  },
  enrollmentType: {
    entity: deviceEnrollmentTypes,
    properties: {
      id: 'deviceEnrollmentTypeID',
      key: 'deviceEnrollmentTypeKey',
      name: 'deviceEnrollmentTypeName',
    },
    aliases: { windowsAzureADJoinUsingDeviceAuth: 10 },
  },
  complianceState: {
    entity: complianceStates,
    properties: { id: 'complianceStateID', key: 'complianceStateKey', name: 'complianceStatus' },
  },
} as const satisfies Record<string, Lookup>;

export const DEVICE_CATEGORIES = '/v1.0/deviceManagement/deviceCategories';

export type GraphDeviceCategory = Resource<'displayName'>;

export const deviceCategoryStream = streamOf<GraphDeviceCategory>()(deviceCategories, {
  naturalKey: (category) => category.id,
  sources: {
    deviceCategoryID: (category) => category.id,
    deviceCategoryName: (category) => textOf(category.displayName) ?? 'Unknown',
  },
});
