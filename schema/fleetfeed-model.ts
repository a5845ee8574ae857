// The warehouse: every collection, in the order in which the service document lists them.
import {
  appRevisions,
  appTypes,
  mobileAppInstallStates,
  mobileAppInstallStatusCounts,
  vppProgramTypes,
} from './subjects/apps.ts';
import { dates } from './subjects/dates.ts';
import {
  complianceStates,
  deviceCategories,
  deviceRegistrationStates,
  deviceTypes,
  managementAgentTypes,
  managementStates,
  ownerTypes,
} from './subjects/device-lookups.ts';
import { devicePropertyHistories, devices } from './subjects/devices.ts';
import {
  encryptionPolicySettingStates,
  encryptionReadinessStates,
  encryptionStates,
  encryptionStatusDetails,
} from './subjects/encryption-lookups.ts';
import {
  deviceEncryptionPolicies,
  deviceEncryptionStates,
  deviceEncryptionStatusDetails,
  encryptionActivities,
  encryptionPolicySettings,
} from './subjects/encryption.ts';
import {
  deviceEnrollmentTypes,
  enrollmentActivities,
  enrollmentEventStatuses,
  enrollmentFailureCategories,
  enrollmentFailureReasons,
} from './subjects/enrollment.ts';
import {
  intuneManagementExtensionHealthStates,
  intuneManagementExtensions,
  intuneManagementExtensionVersions,
} from './subjects/extension.ts';
import {
  mamApplicationInstances,
  mamApplications,
  mamCheckins,
  mamDeviceHealths,
  mamEffectivePolicies,
  mamPlatforms,
} from './subjects/mam.ts';
import {
  compliancePolicyStatusDeviceActivities,
  compliancePolicyStatusDevicePerPolicyActivities,
  deviceConfigurationProfileDeviceActivities,
  deviceConfigurationProfileUserActivities,
  policies,
  policyDeviceActivities,
  policyPlatformTypes,
  policyTypeActivities,
  policyTypes,
  policyUserActivities,
} from './subjects/policies.ts';
import { reads } from './subjects/reads.ts';
import { runProblems, runSteps, runs } from './subjects/runs.ts';
import { termsAndConditions, userTermsAndConditionsAcceptances } from './subjects/terms.ts';
import { userDeviceAssociations, userHistories, users } from './subjects/users.ts';
import { makeModel } from './model.ts';

/** By subject; within a subject dimensions, then facts, then lookups. */
export const MODEL = makeModel('Fleetfeed', [
  dates,

  devices,
  devicePropertyHistories,
  deviceTypes,
  deviceCategories,
  deviceRegistrationStates,
  ownerTypes,
  managementAgentTypes,
  managementStates,
  complianceStates,

  users,
  userHistories,
  userDeviceAssociations,

  deviceEncryptionStates,
  deviceEncryptionStatusDetails,
  deviceEncryptionPolicies,
  encryptionPolicySettings,
  encryptionActivities,
  encryptionStates,
  encryptionReadinessStates,
  encryptionPolicySettingStates,
  encryptionStatusDetails,

  policies,
  policyDeviceActivities,
  policyUserActivities,
  policyTypeActivities,
  deviceConfigurationProfileDeviceActivities,
  deviceConfigurationProfileUserActivities,
  compliancePolicyStatusDeviceActivities,
  compliancePolicyStatusDevicePerPolicyActivities,
  policyTypes,
  policyPlatformTypes,

  enrollmentActivities,
  deviceEnrollmentTypes,
  enrollmentEventStatuses,
  enrollmentFailureCategories,
  enrollmentFailureReasons,

  appRevisions,
  mobileAppInstallStatusCounts,
  appTypes,
  vppProgramTypes,
  mobileAppInstallStates,

  mamApplications,
  mamApplicationInstances,
  mamCheckins,
  mamEffectivePolicies,
  mamDeviceHealths,
  mamPlatforms,

  intuneManagementExtensions,
  intuneManagementExtensionVersions,
  intuneManagementExtensionHealthStates,

  termsAndConditions,
  userTermsAndConditionsAcceptances,

  runs,
  runSteps,
  runProblems,
  reads,
]);
