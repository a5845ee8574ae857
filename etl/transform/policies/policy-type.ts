// Finds the number of a policy's type from Graph's type name or template family.

const UNKNOWN_TYPE = 1000;

/** Types with their own list in Graph. */
export const POLICY_TYPE_OF_LIST = {
  intents: 1021,
  administrativeTemplates: 1030,
  linuxCompliance: 1040,
  managedAppConfiguration: 1060,
} as const;

const TYPE_OF_ODATA_TYPE: ReadonlyMap<string, number> = new Map(
  Object.entries({
    iosGeneralDeviceConfiguration: 1,
    iosPkcsCertificateProfile: 2,
    androidEasEmailProfileConfiguration: 3,
    androidWiFiConfiguration: 4,
    androidGeneralDeviceConfiguration: 5,
    androidPkcsCertificateProfile: 6,
    androidScepCertificateProfile: 7,
    androidTrustedRootCertificate: 8,
    androidEnterpriseWiFiConfiguration: 9,
    iosEasEmailProfileConfiguration: 10,
    iosWiFiConfiguration: 11,
    iosScepCertificateProfile: 14,
    iosTrustedRootCertificate: 15,
    iosEnterpriseWiFiConfiguration: 16,
    macOSGeneralDeviceConfiguration: 17,
    macOSScepCertificateProfile: 18,
    macOSTrustedRootCertificate: 19,
    windows10GeneralConfiguration: 20,
    windows10EasEmailProfileConfiguration: 21,
    windows10PkcsCertificateProfile: 22,
    windows10TeamGeneralConfiguration: 23,
    windows81GeneralConfiguration: 24,
    windows81SCEPCertificateProfile: 25,
    windows81TrustedRootCertificate: 26,
    windowsPhone81GeneralConfiguration: 27,
    windowsPhone81SCEPCertificateProfile: 28,
    windowsPhone81TrustedRootCertificate: 29,
    windowsPhoneEASEmailProfileConfiguration: 30,
    windowsUpdateForBusinessConfiguration: 31,
    iosMobileAppConfiguration: 32,
    windows10CustomConfiguration: 33,
    androidVpnConfiguration: 34,
    iosVpnConfiguration: 35,
    macOSVpnConfiguration: 36,
    windows10VpnConfiguration: 37,
    windows81VpnConfiguration: 38,
    windowsPhone81VpnConfiguration: 39,
    androidCustomConfiguration: 40,
    iosCustomConfiguration: 41,
    macOSCustomConfiguration: 42,
    windowsPhone81CustomConfiguration: 43,
    macOSWiFiConfiguration: 44,
    iosEducationDeviceConfiguration: 45,
    androidForWorkGeneralDeviceConfiguration: 46,
    macOSEnterpriseWiFiConfiguration: 47,
    androidCompliancePolicy: 48,
    iosCompliancePolicy: 49,
    macOSCompliancePolicy: 50,
    windows10CompliancePolicy: 51,
    windows81CompliancePolicy: 52,
    windowsPhone81CompliancePolicy: 53,
    windows10MobileCompliancePolicy: 54,
    editionUpgradeConfiguration: 55,
    windows81WifiImportConfiguration: 56,
    androidForWorkCustomConfiguration: 57,
    windows10SecureAssessmentConfiguration: 58,
    iosDeviceFeaturesConfiguration: 59,
    mdmWindowsInformationProtectionPolicy: 60,
    windowsInformationProtectionPolicy: 60,
    windowsManagedAppProtection: 60,
    androidForWorkPkcsCertificateProfile: 64,
    androidForWorkScepCertificateProfile: 65,
    androidForWorkTrustedRootCertificate: 66,
    androidForWorkGmailEasConfiguration: 67,
    androidForWorkNineWorkEasConfiguration: 68,
    macOSDeviceFeaturesConfiguration: 69,
    androidForWorkWiFiConfiguration: 70,
    androidForWorkEnterpriseWiFiConfiguration: 70,
    windowsDefenderAdvancedThreatProtectionConfiguration: 72,
    iosEduDeviceConfiguration: 73,
    androidForWorkMobileAppConfiguration: 74,
    androidManagedStoreAppConfiguration: 74,
    androidForWorkVpnConfiguration: 76,
    androidForWorkCompliancePolicy: 77,
    iosUpdateConfiguration: 79,
    androidDeviceOwnerCompliancePolicy: 1041,
    androidWorkProfileCompliancePolicy: 1042,
    aospDeviceOwnerCompliancePolicy: 1043,
    windows10EndpointProtectionConfiguration: 1050,
    macOSEndpointProtectionConfiguration: 1051,
    targetedManagedAppConfiguration: 1060,
    iosManagedAppProtection: 1061,
    androidManagedAppProtection: 1062,
  }),
);

// For device configurations that Graph adds later. A longer prefix comes before a shorter one.
const TYPE_BY_PREFIX: readonly (readonly [string, number])[] = [
  ['windows', 1052],
  ['sharedPC', 1052],
  ['macOS', 1053],
  ['ios', 1054],
  ['androidDeviceOwner', 1056],
  ['androidWorkProfile', 1057],
  ['android', 1055],
  ['aosp', 1058],
];

const SETTINGS_CATALOG: ReadonlyMap<string, number> = new Map([
  ['windows10', 1001],
  ['macos', 1002],
  ['ios', 1003],
  ['android', 1004],
  ['androidenterprise', 1004],
  ['aosp', 1004],
  ['linux', 1005],
]);

const TYPE_BY_TEMPLATE_FAMILY: readonly (readonly [RegExp, number])[] = [
  [/^endpointSecurityAntivirus/, 1012],
  [/^endpointSecurityFirewall/, 1013],
  [/^endpointSecurityEndpointDetectionAndResponse/, 1014],
  [/^endpointSecurityAttackSurfaceReduction/, 1015],
  [/^endpointSecurityAccountProtection/, 1016],
  [/^endpointSecurityEndpointPrivilegeManagement/, 1017],
  [/^endpointSecurityApplicationControl/, 1018],
  [/^endpointSecurity/, 1019],
  [/^baseline$/, 1020],
];

/** Number of the policy type for a type name such as `#microsoft.graph.windows10CompliancePolicy`. */
export function policyTypeOfODataType(odataType: string | null): number {
  const name = odataType?.replace('#microsoft.graph.', '') ?? '';
  return (
    TYPE_OF_ODATA_TYPE.get(name) ??
    TYPE_BY_PREFIX.find(([prefix]) => name.startsWith(prefix))?.[1] ??
    UNKNOWN_TYPE
  );
}

/**
 * Number of the policy type of a settings catalog policy. `templateFamily` is `none` for plain ones; `platforms` are
 * flags such as `windows10` or `iOS,macOS`.
 */
export function policyTypeOfTemplate(templateFamily: string | null, platforms: string | null): number {
  const family = templateFamily ?? 'none';
  if (family === 'endpointSecurityDiskEncryption') return /macos/i.test(platforms ?? '') ? 1011 : 1010;
  const byFamily = TYPE_BY_TEMPLATE_FAMILY.find(([pattern]) => pattern.test(family))?.[1];
  return byFamily ?? SETTINGS_CATALOG.get(platforms?.toLowerCase() ?? '') ?? 1006;
}

const PLATFORM_BY_PREFIX: readonly (readonly [string, string])[] = [
  ['windows10', 'windows10AndLater'],
  ['windows81', 'windows81AndLater'],
  ['windowsPhone81', 'windowsPhone81'],
  ['macOS', 'macOS'],
  ['ios', 'iOS'],
  ['androidForWork', 'androidForWork'],
  ['androidWorkProfile', 'androidWorkProfile'],
  ['androidDeviceOwner', 'androidForWork'],
  ['aosp', 'androidAOSP'],
  ['android', 'android'],
  ['default', 'all'],
];

/** Graph's `policyPlatformType` for a compliance policy, null for an unknown type. */
export function policyPlatformOf(odataType: string | null): string | null {
  const name = odataType?.replace('#microsoft.graph.', '') ?? '';
  return PLATFORM_BY_PREFIX.find(([prefix]) => name.startsWith(prefix))?.[1] ?? null;
}
