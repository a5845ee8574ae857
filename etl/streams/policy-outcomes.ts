// Where the outcomes of policies come from: the counts that Intune keeps of each policy and of the tenant, and its reports.
import {
  compliancePolicyStatusDeviceActivities,
  compliancePolicyStatusDevicePerPolicyActivities,
  deviceConfigurationProfileDeviceActivities,
  deviceConfigurationProfileUserActivities,
  policyDeviceActivities,
  policyTypeActivities,
  policyUserActivities,
} from '../../schema/subjects/policies.ts';
import type { Resource } from '../graph/pages.ts';
import type { ReportRow } from '../graph/report.ts';
import { streamOf } from '../stream.ts';
import { countOf } from '../transform/sentinels.ts';
import { policyNatural, type PolicyRecord } from './policies.ts';

/** How one policy stands on one device for one of its users; the id is those of user, policy and device, joined by `_`. */
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

/** A policy's line in a report: the columns that are asked for, by which the lines are ordered first. */
export const REPORT_COLUMNS = [
  'PolicyId',
  'NumberOfCompliantDevices',
  'NumberOfNonCompliantDevices',
  'NumberOfErrorDevices',
  'NumberOfConflictDevices',
  'NumberOfNotApplicableDevices',
] as const;

export type PolicyReportRow = ReportRow<(typeof REPORT_COLUMNS)[number]>;

/** How often each outcome was counted; reports do not count what is pending. */
export interface Outcomes {
  readonly pending: number | null;
  readonly succeeded: number;
  readonly error: number;
  readonly failed: number;
}

export function outcomesOf(overview: StatusOverview): Outcomes & { readonly pending: number } {
  return {
    pending: countOf(overview.pendingCount),
    succeeded: countOf(overview.successCount),
    error: countOf(overview.errorCount) + countOf(overview.conflictCount),
    failed: countOf(overview.failedCount),
  };
}

/** Null for a line of zeros: nothing was counted yet, which is not the same as that nothing is there. */
export function outcomesOfReport(row: PolicyReportRow): Outcomes | null {
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

/** How often each verdict of a compliance policy was counted; null for what the source does not count. */
export interface Verdicts {
  readonly unknown: number | null;
  readonly notApplicable: number;
  readonly compliant: number;
  readonly inGracePeriod: number | null;
  /** With those in grace where they are not known apart. */
  readonly nonCompliant: number;
  readonly error: number;
}

/** Overviews count devices in grace among the failed. */
export function verdictsOf(overview: StatusOverview, inGracePeriod: number | null): Verdicts {
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

export function verdictsOfReport(row: PolicyReportRow): Verdicts | null {
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
  readonly verdicts: Verdicts;
}

export const compliancePerPolicyStream = streamOf<ComplianceOfPolicy>()(
  compliancePolicyStatusDevicePerPolicyActivities,
  {
    columns: {
      policyKey: ({ policy }) => policyNatural(policy),
      policyPlatformKey: ({ policyPlatformKey }) => policyPlatformKey,
      unknown: ({ verdicts }) => verdicts.unknown,
      notApplicable: ({ verdicts }) => verdicts.notApplicable,
      compliant: ({ verdicts }) => verdicts.compliant,
      inGracePeriod: ({ verdicts }) => verdicts.inGracePeriod,
      nonCompliant: ({ verdicts }) => verdicts.nonCompliant,
      error: ({ verdicts }) => verdicts.error,
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
