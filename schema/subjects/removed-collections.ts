// Collections that the vendor's feed once had and old reports still ask for, with what to use instead.

/** Name → a sentence for clients that ask for it. */
export const REMOVED_COLLECTIONS: ReadonlyMap<string, string> = new Map([
  ['currentUser', 'The vendor removed it in 2019; users has one row per user.'],
  ['enrollmentTypes', 'The vendor removed it in 2019; use deviceEnrollmentTypes.'],
  ['mdmStatuses', 'The vendor removed it in 2019; use complianceStates.'],
  [
    'workPlaceJoinStateTypes',
    'The vendor removed it in 2019; use the property azureADRegistered of devices.',
  ],
  ['clientRegistrationStateTypes', 'The vendor removed it in 2019; use deviceRegistrationStates.'],
  ['mdmDeviceInventoryHistories', 'The vendor removed it in 2019; use devices and devicePropertyHistories.'],
  ['mobileAppDeviceUserInstallStatus', 'The vendor removed it in 2019; use mobileAppInstallStatusCounts.'],
  ['applicationInventories', 'The vendor removed it in 2022, and nothing took its place.'],
  ['mamPolicies', 'The vendor removed it, and nothing took its place.'],
  ['mamPolicyTypes', 'The vendor removed it, and nothing took its place.'],
  ['devicesWithoutAssignment', 'The vendor removed it; use userDeviceAssociations.'],
]);
