// Where the outcomes of policies come from: Intune's counts of each policy and of the tenant, and its reports.
import {
  compliancePolicyStatusDeviceActivities,
  compliancePolicyStatusDevicePerPolicyActivities,
  deviceConfigurationProfileDeviceActivities,
  deviceConfigurationProfileUserActivities,
  policyDeviceActivities,
  policyTypeActivities,
  policyUserActivities,
} from '../../schema/subjects/policies.ts';
import type { Resource } from '../graph/read-pages.ts';
import type { ReportRow } from '../graph/report-action.ts';
import { streamOf } from '../stream.ts';
import { countOf } from '../transform/graph-values.ts';
import { policyNaturalKey, type PolicyRecord } from './policies.ts';

/** The status of one policy on one device for one user; its id joins those of user, policy and device by `_`. */
export type GraphDeviceStatus = Resource<'status' | 'complianceGracePeriodExpirationDateTime'>;

/** A policy's overview, of devices or of users. */
export interface StatusOverview {
  readonly pendingCount?: unknown;
  readonly notApplicableCount?: unknown;
  readonly successCount?: unknown;
  readonly errorCount?: unknown;
  readonly failedCount?: unknown;
  readonly conflictCount?: unknown;
}

/** The selected columns of a report. Its rows are ordered by the first one. */
export const POLICY_REPORT_COLUMNS = [
  'PolicyId',
  'NumberOfCompliantDevices',
  'NumberOfNonCompliantDevices',
  'NumberOfErrorDevices',
  'NumberOfConflictDevices',
  'NumberOfNotApplicableDevices',
] as const;

export type PolicyReportRow = ReportRow<(typeof POLICY_REPORT_COLUMNS)[number]>;

/** Counts by outcome; null for pending ones, which reports do not count. */
export interface PolicyOutcomes {
  readonly pending: number | null;
  readonly succeeded: number;
  readonly error: number;
  readonly failed: number;
}

export function outcomesOf(overview: StatusOverview): PolicyOutcomes & { readonly pending: number } {
  return {
    pending: countOf(overview.pendingCount),
    succeeded: countOf(overview.successCount),
    error: countOf(overview.errorCount) + countOf(overview.conflictCount),
    failed: countOf(overview.failedCount),
  };
}

/** Null for a row of zeros, which means that nothing was counted yet. */
export function outcomesOfReport(row: PolicyReportRow): PolicyOutcomes | null {
  const outcomes = {
    pending: null,
    succeeded: countOf(row.NumberOfCompliantDevices),
    error: countOf(row.NumberOfErrorDevices) + countOf(row.NumberOfConflictDevices),
    failed: countOf(row.NumberOfNonCompliantDevices),
  };
  const all =
    outcomes.succeeded + outcomes.error + outcomes.failed + countOf(row.NumberOfNotApplicableDevices);
  return all === 0 ? null : outcomes;
}

/** Counts by compliance state; null for those that the source does not count. */
export interface ComplianceCounts {
  readonly unknown: number | null;
  readonly notApplicable: number;
  readonly compliant: number;
  readonly inGracePeriod: number | null;
  /** Includes those in grace when their number is unknown. */
  readonly nonCompliant: number;
  readonly error: number;
}

/** Overviews count devices in grace as failed. */
export function complianceCountsOf(overview: StatusOverview, inGracePeriod: number | null): ComplianceCounts {
  const { pending, succeeded, error, failed } = outcomesOf(overview);
  return {
    unknown: pending,
    notApplicable: countOf(overview.notApplicableCount),
    compliant: succeeded,
    inGracePeriod,
    nonCompliant: failed - (inGracePeriod ?? 0),
    error,
  };
}

export function complianceCountsOfReport(row: PolicyReportRow): ComplianceCounts | null {
  const outcomes = outcomesOfReport(row);
  return (
    outcomes && {
      unknown: null,
      notApplicable: countOf(row.NumberOfNotApplicableDevices),
      compliant: outcomes.succeeded,
      inGracePeriod: null,
      nonCompliant: outcomes.failed,
      error: outcomes.error,
    }
  );
}

export interface PolicyTypeOutcomes extends PolicyOutcomes {
  readonly policyTypeKey: number;
}

export interface SinglePolicyOutcomes extends PolicyTypeOutcomes {
  readonly policy: PolicyRecord;
}

const OUTCOME_SOURCES = {
  pending: ({ pending }: PolicyOutcomes) => pending,
  succeeded: ({ succeeded }: PolicyOutcomes) => succeeded,
  error: ({ error }: PolicyOutcomes) => error,
  failed: ({ failed }: PolicyOutcomes) => failed,
};

export const policyTypeActivityStream = streamOf<SinglePolicyOutcomes>()(policyTypeActivities, {
  sources: {
    policyKey: ({ policy }) => policyNaturalKey(policy),
    policyTypeKey: ({ policyTypeKey }) => policyTypeKey,
    ...OUTCOME_SOURCES,
  },
});

export const policyDeviceActivityStream = streamOf<PolicyTypeOutcomes>()(policyDeviceActivities, {
  sources: { policyTypeKey: ({ policyTypeKey }) => policyTypeKey, ...OUTCOME_SOURCES },
});

export const policyUserActivityStream = streamOf<PolicyTypeOutcomes>()(policyUserActivities, {
  sources: { policyTypeKey: ({ policyTypeKey }) => policyTypeKey, ...OUTCOME_SOURCES },
});

export interface PolicyCompliance {
  readonly policy: PolicyRecord;
  readonly policyPlatformKey: number;
  readonly counts: ComplianceCounts;
}

export const compliancePerPolicyStream = streamOf<PolicyCompliance>()(
  compliancePolicyStatusDevicePerPolicyActivities,
  {
    sources: {
      policyKey: ({ policy }) => policyNaturalKey(policy),
      policyPlatformKey: ({ policyPlatformKey }) => policyPlatformKey,
      unknown: ({ counts }) => counts.unknown,
      notApplicable: ({ counts }) => counts.notApplicable,
      compliant: ({ counts }) => counts.compliant,
      inGracePeriod: ({ counts }) => counts.inGracePeriod,
      nonCompliant: ({ counts }) => counts.nonCompliant,
      error: ({ counts }) => counts.error,
    },
  },
);

type CountedState =
  'unknown' | 'notApplicable' | 'compliant' | 'remediated' | 'nonCompliant' | 'error' | 'conflict';

/** A summary over all configuration profiles or compliance policies of the tenant, of devices or of users. */
export type StateSummary = {
  readonly [
    Name in
      `${CountedState}DeviceCount` | `${CountedState}UserCount` | 'inGracePeriodCount' | 'configManagerCount'
  ]?: unknown;
};

export const CONFIGURATION_DEVICE_SUMMARY = '/v1.0/deviceManagement/deviceConfigurationDeviceStateSummaries';
export const CONFIGURATION_USER_SUMMARY = '/beta/deviceManagement/deviceConfigurationUserStateSummaries';
export const COMPLIANCE_DEVICE_SUMMARY = '/v1.0/deviceManagement/deviceCompliancePolicyDeviceStateSummary';

export const profileDeviceActivityStream = streamOf<StateSummary>()(
  deviceConfigurationProfileDeviceActivities,
  {
    sources: {
      pending: (summary) => countOf(summary.unknownDeviceCount),
      succeeded: (summary) => countOf(summary.compliantDeviceCount) + countOf(summary.remediatedDeviceCount),
      error: (summary) => countOf(summary.errorDeviceCount) + countOf(summary.conflictDeviceCount),
      failed: (summary) => countOf(summary.nonCompliantDeviceCount),
    },
  },
);

export const profileUserActivityStream = streamOf<StateSummary>()(deviceConfigurationProfileUserActivities, {
  sources: {
    pending: (summary) => countOf(summary.unknownUserCount),
    succeeded: (summary) => countOf(summary.compliantUserCount) + countOf(summary.remediatedUserCount),
    error: (summary) => countOf(summary.errorUserCount) + countOf(summary.conflictUserCount),
    failed: (summary) => countOf(summary.nonCompliantUserCount),
  },
});

export const complianceDeviceActivityStream = streamOf<StateSummary>()(
  compliancePolicyStatusDeviceActivities,
  {
    sources: {
      unknown: (summary) => countOf(summary.unknownDeviceCount),
      notApplicable: (summary) => countOf(summary.notApplicableDeviceCount),
      compliant: (summary) => countOf(summary.compliantDeviceCount) + countOf(summary.remediatedDeviceCount),
      inGracePeriod: (summary) => countOf(summary.inGracePeriodCount),
      nonCompliant: (summary) => countOf(summary.nonCompliantDeviceCount),
      error: (summary) => countOf(summary.errorDeviceCount) + countOf(summary.conflictDeviceCount),
    },
  },
);
