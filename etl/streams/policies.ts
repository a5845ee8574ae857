// Where policies and their outcomes come from: one list for each kind of policy, and the counts that Intune keeps of each.
import {
  compliancePolicyStatusDeviceActivities,
  compliancePolicyStatusDevicePerPolicyActivities,
  deviceConfigurationProfileDeviceActivities,
  deviceConfigurationProfileUserActivities,
  policies,
  policyDeviceActivities,
  policyPlatformTypes,
  policyTypeActivities,
  policyUserActivities,
} from '../../schema/subjects/policies.ts';
import type { Resource } from '../graph/pages.ts';
import { streamOf } from '../stream.ts';
import type { Lookup } from '../transform/lookups.ts';
import {
  POLICY_TYPE_OF_LIST,
  policyTypeOfODataType,
  policyTypeOfTemplate,
} from '../transform/policy-type.ts';
import { countOf, textOf } from '../transform/sentinels.ts';

export type GraphPolicy = Resource<
  | '@odata.type'
  | 'displayName'
  | 'name'
  | 'version'
  | 'lastModifiedDateTime'
  | 'platforms'
  | 'templateReference'
>;

/** One of Graph's lists of policies. */
export interface PolicyList {
  readonly address: string;
  readonly typeOf: (policy: GraphPolicy) => number;
  /** Last part of the addresses of a policy's counts; a kind without has no counts of its own. */
  readonly counts?: { readonly ofDevices: string; readonly ofUsers: string };
  /** Its outcomes are verdicts of compliance. */
  readonly judgesCompliance?: true;
  /** Its policies protect apps, on devices that need not be enrolled. */
  readonly protectsApps?: true;
}

const byODataType = (policy: GraphPolicy): number => policyTypeOfODataType(textOf(policy['@odata.type']));

const byTemplate = ({ templateReference, platforms }: GraphPolicy): number =>
  policyTypeOfTemplate(
    textOf((templateReference as { templateFamily?: unknown } | null | undefined)?.templateFamily),
    textOf(platforms),
  );

const OVERVIEWS = { ofDevices: 'deviceStatusOverview', ofUsers: 'userStatusOverview' };

// Settings catalog policies have no counts: Graph answers zeros for them, which would read as facts.
export const POLICY_LISTS: readonly PolicyList[] = [
  {
    address: '/v1.0/deviceManagement/deviceConfigurations',
    typeOf: byODataType,
    counts: OVERVIEWS,
  },
  {
    address: '/v1.0/deviceManagement/deviceCompliancePolicies',
    typeOf: byODataType,
    counts: OVERVIEWS,
    judgesCompliance: true,
  },
  {
    address: '/v1.0/deviceAppManagement/mobileAppConfigurations',
    typeOf: byODataType,
    counts: { ofDevices: 'deviceStatusSummary', ofUsers: 'userStatusSummary' },
  },
  { address: '/beta/deviceManagement/configurationPolicies', typeOf: byTemplate },
  {
    address: '/beta/deviceManagement/groupPolicyConfigurations',
    typeOf: () => POLICY_TYPE_OF_LIST.administrativeTemplates,
  },
  { address: '/beta/deviceManagement/intents', typeOf: () => POLICY_TYPE_OF_LIST.intents },
  { address: '/beta/deviceManagement/compliancePolicies', typeOf: () => POLICY_TYPE_OF_LIST.linuxCompliance },
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

/** What facts refer to a version of a policy by. */
export function policyNatural({ id, version }: PolicyRecord): string {
  return `${id}:${version}`;
}

/** Configuration and compliance policies have a display name, newer kinds a name; both may be empty. */
export function policyName({ displayName, name }: GraphPolicy): string | null {
  return textOf(displayName) ?? textOf(name);
}

export const policyStream = streamOf<PolicyRecord>()(policies, {
  natural: policyNatural,
  columns: {
    policyId: (policy) => policy.id,
    policyName: (policy) => policy.name,
    policyVersion: (policy) => policy.version,
  },
});

export const POLICY_PLATFORM: Lookup = {
  entity: policyPlatformTypes,
  columns: { id: 'policyPlatformTypeId', key: 'policyPlatformTypeKey', name: 'policyPlatformTypeName' },
};

/** A policy's overview, of devices or of users. */
export interface StatusOverview {
  readonly pendingCount?: unknown;
  readonly notApplicableCount?: unknown;
  readonly successCount?: unknown;
  readonly errorCount?: unknown;
  readonly failedCount?: unknown;
  readonly conflictCount?: unknown;
}

/** How often each outcome was counted. */
export interface Outcomes {
  readonly pending: number;
  readonly succeeded: number;
  readonly error: number;
  readonly failed: number;
}

export function outcomesOf(overview: StatusOverview): Outcomes {
  return {
    pending: countOf(overview.pendingCount),
    succeeded: countOf(overview.successCount),
    error: countOf(overview.errorCount) + countOf(overview.conflictCount),
    failed: countOf(overview.failedCount),
  };
}

export interface OutcomesOfType extends Outcomes {
  readonly policyTypeKey: number;
}

export interface OutcomesOfPolicy extends OutcomesOfType {
  readonly policy: PolicyRecord;
}

const OUTCOME_COLUMNS = {
  pending: ({ pending }: Outcomes) => pending,
  succeeded: ({ succeeded }: Outcomes) => succeeded,
  error: ({ error }: Outcomes) => error,
  failed: ({ failed }: Outcomes) => failed,
};

export const policyTypeActivityStream = streamOf<OutcomesOfPolicy>()(policyTypeActivities, {
  columns: {
    policyKey: ({ policy }) => policyNatural(policy),
    policyTypeKey: ({ policyTypeKey }) => policyTypeKey,
    ...OUTCOME_COLUMNS,
  },
});

export const policyDeviceActivityStream = streamOf<OutcomesOfType>()(policyDeviceActivities, {
  columns: { policyTypeKey: ({ policyTypeKey }) => policyTypeKey, ...OUTCOME_COLUMNS },
});

export const policyUserActivityStream = streamOf<OutcomesOfType>()(policyUserActivities, {
  columns: { policyTypeKey: ({ policyTypeKey }) => policyTypeKey, ...OUTCOME_COLUMNS },
});

export interface ComplianceOfPolicy {
  readonly policy: PolicyRecord;
  readonly policyPlatformKey: number;
  readonly overview: StatusOverview;
}

export const compliancePerPolicyStream = streamOf<ComplianceOfPolicy>()(
  compliancePolicyStatusDevicePerPolicyActivities,
  {
    columns: {
      policyKey: ({ policy }) => policyNatural(policy),
      policyPlatformKey: ({ policyPlatformKey }) => policyPlatformKey,
      unknown: ({ overview }) => countOf(overview.pendingCount),
      notApplicable: ({ overview }) => countOf(overview.notApplicableCount),
      compliant: ({ overview }) => countOf(overview.successCount),
      // Counted among the failed; the overview does not tell them apart.
      inGracePeriod: () => null,
      nonCompliant: ({ overview }) => countOf(overview.failedCount),
      error: ({ overview }) => countOf(overview.errorCount) + countOf(overview.conflictCount),
    },
  },
);

type Counted =
  'unknown' | 'notApplicable' | 'compliant' | 'remediated' | 'nonCompliant' | 'error' | 'conflict';

/** A summary over all configuration profiles or compliance policies of the tenant, of devices or of users. */
export type StateSummary = {
  readonly [
    Name in `${Counted}DeviceCount` | `${Counted}UserCount` | 'inGracePeriodCount' | 'configManagerCount'
  ]?: unknown;
};

export const CONFIGURATION_DEVICE_SUMMARY = '/v1.0/deviceManagement/deviceConfigurationDeviceStateSummaries';
export const CONFIGURATION_USER_SUMMARY = '/beta/deviceManagement/deviceConfigurationUserStateSummaries';
export const COMPLIANCE_DEVICE_SUMMARY = '/v1.0/deviceManagement/deviceCompliancePolicyDeviceStateSummary';

export const profileDeviceActivityStream = streamOf<StateSummary>()(
  deviceConfigurationProfileDeviceActivities,
  {
    columns: {
      pending: (summary) => countOf(summary.unknownDeviceCount),
      succeeded: (summary) => countOf(summary.compliantDeviceCount) + countOf(summary.remediatedDeviceCount),
      error: (summary) => countOf(summary.errorDeviceCount) + countOf(summary.conflictDeviceCount),
      failed: (summary) => countOf(summary.nonCompliantDeviceCount),
    },
  },
);

export const profileUserActivityStream = streamOf<StateSummary>()(deviceConfigurationProfileUserActivities, {
  columns: {
    pending: (summary) => countOf(summary.unknownUserCount),
    succeeded: (summary) => countOf(summary.compliantUserCount) + countOf(summary.remediatedUserCount),
    error: (summary) => countOf(summary.errorUserCount) + countOf(summary.conflictUserCount),
    failed: (summary) => countOf(summary.nonCompliantUserCount),
  },
});

export const complianceDeviceActivityStream = streamOf<StateSummary>()(
  compliancePolicyStatusDeviceActivities,
  {
    columns: {
      unknown: (summary) => countOf(summary.unknownDeviceCount),
      notApplicable: (summary) => countOf(summary.notApplicableDeviceCount),
      compliant: (summary) => countOf(summary.compliantDeviceCount) + countOf(summary.remediatedDeviceCount),
      inGracePeriod: (summary) => countOf(summary.inGracePeriodCount),
      nonCompliant: (summary) => countOf(summary.nonCompliantDeviceCount),
      error: (summary) => countOf(summary.errorDeviceCount) + countOf(summary.conflictDeviceCount),
    },
  },
);
