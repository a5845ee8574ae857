// Where policies come from: one list for each kind of policy, and the address of its counts.
import { policies, policyPlatformTypes } from '../../schema/subjects/policies.ts';
import type { Resource } from '../graph/read-pages.ts';
import { streamOf } from '../stream.ts';
import type { Lookup } from '../transform/lookups.ts';
import {
  POLICY_TYPE_OF_LIST,
  policyTypeOfODataType,
  policyTypeOfTemplate,
} from '../transform/policies/policy-type.ts';
import { textOf } from '../transform/graph-values.ts';

export type GraphPolicy = Resource<
  | '@odata.type'
  | 'displayName'
  | 'name'
  | 'version'
  | 'lastModifiedDateTime'
  | 'isAssigned'
  | 'platforms'
  | 'templateReference'
>;

/** One of Graph's lists of policies. */
export interface PolicyList {
  readonly address: string;
  readonly typeOf: (policy: GraphPolicy) => number;
  /** The addresses of the counts of one policy: the base, and the last parts. Absent for kinds without counts. */
  readonly counts?: { readonly baseAddress: string; readonly ofDevices: string; readonly ofUsers: string };
  /** A report that counts devices, for kinds without counts of single policies. */
  readonly report?: string;
  /** Its policies are compliance policies. */
  readonly isCompliance?: true;
  /** The settings of a policy are not in the list, but at `/settings` of the policy. */
  readonly hasSeparateSettings?: true;
  /** Its policies protect apps, on devices that need not be enrolled. */
  readonly protectsApps?: true;
}

const byODataType = (policy: GraphPolicy): number => policyTypeOfODataType(textOf(policy['@odata.type']));

const byTemplate = ({ templateReference, platforms }: GraphPolicy): number =>
  policyTypeOfTemplate(
    textOf((templateReference as { templateFamily?: unknown } | null | undefined)?.templateFamily),
    textOf(platforms),
  );

const STATUS_OVERVIEWS = { ofDevices: 'deviceStatusOverview', ofUsers: 'userStatusOverview' };

const CONFIGURATION_REPORT =
  '/v1.0/deviceManagement/reports/getConfigurationPolicyNonComplianceSummaryReport';
const COMPLIANCE_REPORT = '/v1.0/deviceManagement/reports/getCompliancePolicyNonComplianceSummaryReport';

// Counts are read on beta, since v1.0 omits conflicts. Settings catalog policies have none: Graph would send zeros, which
// would look like facts.
export const POLICY_LISTS: readonly PolicyList[] = [
  {
    address: '/v1.0/deviceManagement/deviceConfigurations',
    typeOf: byODataType,
    counts: { baseAddress: '/beta/deviceManagement/deviceConfigurations', ...STATUS_OVERVIEWS },
  },
  {
    address: '/v1.0/deviceManagement/deviceCompliancePolicies',
    typeOf: byODataType,
    counts: { baseAddress: '/beta/deviceManagement/deviceCompliancePolicies', ...STATUS_OVERVIEWS },
    isCompliance: true,
  },
  {
    address: '/v1.0/deviceAppManagement/mobileAppConfigurations',
    typeOf: byODataType,
    counts: {
      baseAddress: '/beta/deviceAppManagement/mobileAppConfigurations',
      ofDevices: 'deviceStatusSummary',
      ofUsers: 'userStatusSummary',
    },
  },
  {
    address: '/beta/deviceManagement/configurationPolicies',
    typeOf: byTemplate,
    report: CONFIGURATION_REPORT,
    hasSeparateSettings: true,
  },
  {
    address: '/beta/deviceManagement/groupPolicyConfigurations',
    typeOf: () => POLICY_TYPE_OF_LIST.administrativeTemplates,
    report: CONFIGURATION_REPORT,
  },
  {
    address: '/beta/deviceManagement/intents',
    typeOf: () => POLICY_TYPE_OF_LIST.intents,
    report: CONFIGURATION_REPORT,
  },
  {
    address: '/beta/deviceManagement/compliancePolicies',
    typeOf: () => POLICY_TYPE_OF_LIST.linuxCompliance,
    report: COMPLIANCE_REPORT,
    isCompliance: true,
  },
  {
    address: '/v1.0/deviceAppManagement/targetedManagedAppConfigurations',
    typeOf: () => POLICY_TYPE_OF_LIST.managedAppConfiguration,
  },
  { address: '/v1.0/deviceAppManagement/managedAppPolicies', typeOf: byODataType, protectsApps: true },
];

/** One version of one policy. */
export interface PolicyRecord {
  readonly id: string;
  readonly version: number;
  readonly name: string | null;
}

/** The natural key of a version of a policy. */
export function policyNaturalKey({ id, version }: PolicyRecord): string {
  return `${id}:${version}`;
}

/** Configuration and compliance policies have a display name, newer kinds a name; both may be empty. */
export function policyName({ displayName, name }: GraphPolicy): string | null {
  return textOf(displayName) ?? textOf(name);
}

export const policyStream = streamOf<PolicyRecord>()(policies, {
  naturalKey: policyNaturalKey,
  sources: {
    policyId: (policy) => policy.id,
    policyName: (policy) => policy.name,
    policyVersion: (policy) => policy.version,
  },
});

export const POLICY_PLATFORM: Lookup = {
  entity: policyPlatformTypes,
  properties: { id: 'policyPlatformTypeId', key: 'policyPlatformTypeKey', name: 'policyPlatformTypeName' },
};

/** `part` is the last part of the address, such as one of `counts`. */
export function countsAddress({ counts, address }: PolicyList, policyId: string, part: string): string {
  return `${counts?.baseAddress ?? address}/${encodeURIComponent(policyId)}/${part}`;
}
