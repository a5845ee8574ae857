// Enrolments: how many came in, how many failed and why. Counts only, without a device or a person.
import { entity, int32, navigation, text } from '../entity.ts';
import { lookupRows } from './lookup-rows.ts';
import { snapshotDayOfFact } from './common-properties.ts';

export const deviceEnrollmentTypes = entity({
  name: 'deviceEnrollmentTypes',
  singular: 'deviceEnrollmentType',
  lifetime: 'current',
  description:
    'Ways by which a device can be enrolled: by its user, in bulk, with Autopilot, through Apple and so on.',
  key: ['deviceEnrollmentTypeID'],
  properties: {
    deviceEnrollmentTypeID: int32('Number of the way in Intune; -1 stands for not available.'),
    deviceEnrollmentTypeKey: int32('Key that devices and enrollmentActivities refer to.'),
    deviceEnrollmentTypeName: text('Name of the way, for example WindowsAutoEnrollment.'),
  },
  rows: lookupRows(
    { id: 'deviceEnrollmentTypeID', key: 'deviceEnrollmentTypeKey', name: 'deviceEnrollmentTypeName' },
    {
      0: 'Unknown',
      1: 'UserEnrollment',
      2: 'DeviceEnrollmentManager',
      3: 'AppleBulkWithUser',
      4: 'AppleBulkWithoutUser',
      5: 'WindowsAzureADJoin',
      6: 'WindowsBulkUserless',
      7: 'WindowsAutoEnrollment',
      8: 'WindowsBulkAzureDomainJoin',
      9: 'WindowsCoManagement',
      10: 'WindowsAzureADJoinsUsingDeviceAuth',
      11: 'AppleUserEnrollment',
      12: 'AppleUserEnrollmentWithServiceAccount',
      14: 'AzureAdJoinUsingAzureVmExtension',
      15: 'AndroidEnterpriseDedicatedDevice',
      16: 'AndroidEnterpriseFullyManaged',
      17: 'AndroidEnterpriseCorporateWorkProfile',
      18: 'AndroidAOSPUserOwnedDeviceEnrollment',
      19: 'AndroidAOSPUserlessDeviceEnrollment',
      25: 'AppleAccountDrivenUserEnrollment',
    },
  ),
});

export const enrollmentEventStatuses = entity({
  name: 'enrollmentEventStatuses',
  singular: 'enrollmentEventStatus',
  lifetime: 'current',
  description: 'How an enrolment ended.',
  key: ['enrollmentEventStatusKey'],
  properties: {
    enrollmentEventStatusKey: int32('Key that enrollmentActivities refers to as enrollmentEventStatusKey.'),
    enrollmentEventStatusName: text('Success, Failed or Not Available.'),
  },
  rows: [
    { enrollmentEventStatusKey: -1, enrollmentEventStatusName: 'Not Available' },
    { enrollmentEventStatusKey: 1, enrollmentEventStatusName: 'Success' },
    { enrollmentEventStatusKey: 2, enrollmentEventStatusName: 'Failed' },
  ],
});

// Ids up to 11 are Graph's; 100 is ours, for enrolments that did not fail.
const FAILURE_CATEGORIES = {
  0: 'Unknown',
  1: 'Authentication',
  2: 'Authorization',
  3: 'AccountValidation',
  4: 'UserValidation',
  5: 'DeviceNotSupported',
  6: 'InMaintenance',
  7: 'BadRequest',
  8: 'FeatureNotSupported',
  9: 'EnrollmentRestrictionsEnforced',
  10: 'ClientDisconnected',
  11: 'UserAbandonment',
  100: 'Not Applicable',
};

export const enrollmentFailureCategories = entity({
  name: 'enrollmentFailureCategories',
  singular: 'enrollmentFailureCategory',
  lifetime: 'current',
  description: 'Broad causes of failed enrolments.',
  key: ['enrollmentFailureCategoryKey'],
  properties: {
    enrollmentFailureCategoryKey: int32(
      'Key that enrollmentActivities refers to as enrollmentFailureCategoryKey.',
    ),
    enrollmentFailureCategoryName: text('Name of the cause; Not Applicable for enrolments that succeeded.'),
  },
  rows: lookupRows(
    {
      id: 'enrollmentFailureCategoryKey',
      key: 'enrollmentFailureCategoryKey',
      name: 'enrollmentFailureCategoryName',
    },
    FAILURE_CATEGORIES,
  ),
});

// The source gives free text; a reason that is not listed here becomes a row of its own when it is first met.
const FAILURE_REASONS = {
  0: 'Unknown',
  1: 'UserNotLicensed',
  2: 'UserUnknown',
  3: 'BulkAlreadyEnrolledDevice',
  4: 'EnrollmentOnboardingIssue',
  5: 'AppleChallengeIssue',
  6: 'AppleOnboardingIssue',
  7: 'DeviceCap',
  8: 'AuthenticationRequirementNotMet',
  9: 'UnsupportedDeviceType',
  10: 'EnrollmentCriteriaNotMet',
  11: 'BulkDeviceNotPreregistered',
  12: 'FeatureNotSupported',
  13: 'UserAbandonment',
  14: 'APNSCertificateExpired',
  100: 'Not Applicable',
};

export const enrollmentFailureReasons = entity({
  name: 'enrollmentFailureReasons',
  singular: 'enrollmentFailureReason',
  lifetime: 'current',
  description: 'Precise causes of failed enrolments, one level below the categories.',
  key: ['enrollmentFailureReasonKey'],
  properties: {
    enrollmentFailureReasonKey: int32(
      'Key that enrollmentActivities refers to as enrollmentFailureReasonKey.',
    ),
    enrollmentFailureReasonName: text('Name of the reason; Not Applicable for enrolments that succeeded.'),
  },
  rows: lookupRows(
    {
      id: 'enrollmentFailureReasonKey',
      key: 'enrollmentFailureReasonKey',
      name: 'enrollmentFailureReasonName',
    },
    FAILURE_REASONS,
  ),
});

export const enrollmentActivities = entity({
  name: 'enrollmentActivities',
  singular: 'enrollmentActivity',
  lifetime: 'event',
  description:
    'Enrolments of the UTC day that ended as the night began, counted by kind of device, way of enrolment and outcome. Holds no device and no user; a device that enrolled and left on the same day is not counted.',
  key: [
    'dateKey',
    'deviceEnrollmentTypeKey',
    'deviceTypeKey',
    'enrollmentEventStatusKey',
    'enrollmentFailureCategoryKey',
    'enrollmentFailureReasonKey',
    'osVersion',
  ],
  properties: {
    dateKey: snapshotDayOfFact,
    deviceEnrollmentTypeKey: int32('Way of enrolment; joins deviceEnrollmentTypes.deviceEnrollmentTypeKey.'),
    deviceTypeKey: int32(
      'Kind of the enrolled device; joins deviceTypes.deviceTypeKey. Of a failure Graph tells the system only, so -1 for iOS and Android, which run on several kinds.',
    ),
    enrollmentEventStatusKey: int32('Outcome; joins enrollmentEventStatuses.enrollmentEventStatusKey.'),
    enrollmentFailureCategoryKey: int32(
      'Broad cause of a failure; joins enrollmentFailureCategories.enrollmentFailureCategoryKey.',
    ),
    enrollmentFailureReasonKey: int32(
      'Precise cause of a failure; joins enrollmentFailureReasons.enrollmentFailureReasonKey.',
    ),
    osVersion: text('Version of the operating system at enrolment; an empty text when it was not reported.'),
    count: int32('Number of enrolments with all the values of this row.'),
  },
  navigations: {
    date: navigation(
      'dates',
      { dateKey: 'dateKey' },
      'enrollmentActivities',
      'The night that counted, which follows the day of the enrolments.',
    ),
    deviceEnrollmentType: navigation(
      'deviceEnrollmentTypes',
      { deviceEnrollmentTypeKey: 'deviceEnrollmentTypeKey' },
      'enrollmentActivities',
      'The way of enrolment.',
    ),
    deviceType: navigation(
      'deviceTypes',
      { deviceTypeKey: 'deviceTypeKey' },
      'enrollmentActivities',
      'Kind of the enrolled devices.',
    ),
    enrollmentEventStatus: navigation(
      'enrollmentEventStatuses',
      { enrollmentEventStatusKey: 'enrollmentEventStatusKey' },
      'enrollmentActivities',
      'How the enrolments ended.',
    ),
    enrollmentFailureCategory: navigation(
      'enrollmentFailureCategories',
      { enrollmentFailureCategoryKey: 'enrollmentFailureCategoryKey' },
      'enrollmentActivities',
      'Broad cause of the failures.',
    ),
    enrollmentFailureReason: navigation(
      'enrollmentFailureReasons',
      { enrollmentFailureReasonKey: 'enrollmentFailureReasonKey' },
      'enrollmentActivities',
      'Precise cause of the failures.',
    ),
  },
});
