// Reads the outcomes of policies: counts of single policies, reports over a kind of policy, and the tenant's three summaries.
import { readSingleton } from '../../graph/read-pages.ts';
import { readReportAction } from '../../graph/report-action.ts';
import { countsAddress, POLICY_LISTS, POLICY_PLATFORM } from '../../streams/policies.ts';
import {
  COMPLIANCE_DEVICE_SUMMARY,
  complianceDeviceActivityStream,
  compliancePerPolicyStream,
  CONFIGURATION_DEVICE_SUMMARY,
  CONFIGURATION_USER_SUMMARY,
  outcomesOf,
  outcomesOfReport,
  policyDeviceActivityStream,
  policyTypeActivityStream,
  policyUserActivityStream,
  profileDeviceActivityStream,
  profileUserActivityStream,
  POLICY_REPORT_COLUMNS,
  complianceCountsOf,
  complianceCountsOfReport,
  type PolicyOutcomes,
  type PolicyTypeOutcomes,
  type PolicyReportRow,
  type StateSummary,
  type StatusOverview,
  type ComplianceCounts,
} from '../../streams/policy-outcomes.ts';
import { makeRowMapper } from '../../transform/row-mapper.ts';
import { devicesInGrace } from './devices-in-grace.ts';
import type { KnownPolicies, KnownPolicy } from './harvest-policies.ts';
import { mapConcurrent, settleAll } from '../map-concurrent.ts';
import type { HarvestContext } from '../harvest-context.ts';

const toPolicyOutcomes = makeRowMapper(policyTypeActivityStream);
const toTypeOutcomes = makeRowMapper(policyDeviceActivityStream);
const toUserOutcomes = makeRowMapper(policyUserActivityStream);
const toCompliance = makeRowMapper(compliancePerPolicyStream);

export async function harvestOutcomes(context: HarvestContext, policies: KnownPolicies): Promise<void> {
  const { staging, results } = context;
  const deviceTally = makeOutcomeTally();
  const userTally = makeOutcomeTally();
  await settleAll(
    countByOverviews(context, policies, deviceTally, userTally),
    countByReports(context, policies, deviceTally),
  );
  staging.append(policyDeviceActivityStream.entity, deviceTally.rows().map(toTypeOutcomes));
  staging.append(policyUserActivityStream.entity, userTally.rows().map(toUserOutcomes));
  const entities = [
    policyTypeActivityStream.entity,
    compliancePerPolicyStream.entity,
    policyDeviceActivityStream.entity,
    policyUserActivityStream.entity,
  ];
  results.mark(entities, policies.completeness);
}

/** For kinds with overviews of single policies: two requests a policy, and more for some compliance policies. */
async function countByOverviews(
  context: HarvestContext,
  { harvested }: KnownPolicies,
  deviceTally: OutcomeTally,
  userTally: OutcomeTally,
): Promise<void> {
  const { results } = context;
  const counted = harvested.filter(({ list }) => list.counts !== undefined);
  await mapConcurrent(counted, async (known) => {
    const devices = await readOverview(context, known, 'ofDevices');
    deviceTally.add(known.policyTypeKey, devices && outcomesOf(devices));
    if (devices) {
      const inGrace = known.list.isCompliance ? await devicesInGrace(context, known, devices) : null;
      appendOutcomes(context, known, outcomesOf(devices), complianceCountsOf(devices, inGrace));
    } else {
      results.mark([...entitiesOf(known), policyDeviceActivityStream.entity], 'partial');
    }
    const users = await readOverview(context, known, 'ofUsers');
    userTally.add(known.policyTypeKey, users && outcomesOf(users));
    if (!users) results.mark([policyUserActivityStream.entity], 'partial');
  });
}

/** For kinds with a report, which counts devices only and may lack policies. */
async function countByReports(
  context: HarvestContext,
  { harvested }: KnownPolicies,
  deviceTally: OutcomeTally,
): Promise<void> {
  const { results } = context;
  const reports = new Set(POLICY_LISTS.flatMap(({ report }) => report ?? []));
  await mapConcurrent([...reports], async (report) => {
    const reported = harvested.filter(({ list, isAssigned }) => list.report === report && isAssigned);
    if (reported.length === 0) return;
    const lines = new Map<string, PolicyReportRow>();
    const completeness = await results.readSource([], report, async () => {
      for (const row of await readReportAction(context, report, POLICY_REPORT_COLUMNS))
        lines.set(String(row.PolicyId), row);
      return 'complete';
    });
    for (const known of reported) {
      const line = lines.get(known.policy.id);
      const outcomes = line === undefined ? null : outcomesOfReport(line);
      deviceTally.add(known.policyTypeKey, outcomes);
      if (line && outcomes) appendOutcomes(context, known, outcomes, complianceCountsOfReport(line));
      if (completeness === 'complete') continue;
      results.mark([...entitiesOf(known), policyDeviceActivityStream.entity], 'partial');
    }
  });
}

function entitiesOf({ list }: KnownPolicy) {
  return [policyTypeActivityStream.entity, ...(list.isCompliance ? [compliancePerPolicyStream.entity] : [])];
}

function appendOutcomes(
  { staging, keyOf }: HarvestContext,
  { policy, policyTypeKey, list, platform }: KnownPolicy,
  outcomes: PolicyOutcomes,
  complianceCounts: ComplianceCounts | null,
): void {
  staging.append(policyTypeActivityStream.entity, [toPolicyOutcomes({ policy, policyTypeKey, ...outcomes })]);
  if (!list.isCompliance || !complianceCounts) return;
  const policyPlatformKey = keyOf(POLICY_PLATFORM, platform);
  staging.append(compliancePerPolicyStream.entity, [
    toCompliance({ policy, policyPlatformKey, counts: complianceCounts }),
  ]);
}

const SUMMARIES = [
  {
    address: CONFIGURATION_DEVICE_SUMMARY,
    entity: profileDeviceActivityStream.entity,
    toRow: makeRowMapper(profileDeviceActivityStream),
  },
  {
    address: CONFIGURATION_USER_SUMMARY,
    entity: profileUserActivityStream.entity,
    toRow: makeRowMapper(profileUserActivityStream),
  },
  {
    address: COMPLIANCE_DEVICE_SUMMARY,
    entity: complianceDeviceActivityStream.entity,
    toRow: makeRowMapper(complianceDeviceActivityStream),
  },
] as const;

/** The three collections with one row a day. */
export async function harvestSummaries({ graph, staging, results }: HarvestContext): Promise<void> {
  await mapConcurrent(SUMMARIES, async ({ address, entity, toRow }) => {
    await results.readSource([entity], address, async () => {
      staging.append(entity, [toRow(await readSingleton<StateSummary>(graph, address))]);
      return 'complete';
    });
  });
}

async function readOverview(
  { graph, results }: HarvestContext,
  { list, policy }: KnownPolicy,
  whose: 'ofDevices' | 'ofUsers',
): Promise<StatusOverview | null> {
  const address = countsAddress(list, policy.id, list.counts?.[whose] ?? '');
  let overview: StatusOverview | null = null;
  await results.readSource([], address, async () => {
    overview = await readSingleton<StatusOverview>(graph, address);
    return 'complete';
  });
  return overview;
}

interface OutcomeTally {
  readonly add: (policyTypeKey: number, outcomes: PolicyOutcomes | null) => void;
  readonly rows: () => readonly PolicyTypeOutcomes[];
}

/** Sums outcomes by policy type. If one policy of a type is unknown the type has no sum, which would be too small. */
function makeOutcomeTally(): OutcomeTally {
  const sums = new Map<number, PolicyOutcomes | null>();
  return {
    add(policyTypeKey, outcomes) {
      const sum = sums.get(policyTypeKey);
      if (sum === null || outcomes === null) sums.set(policyTypeKey, null);
      else sums.set(policyTypeKey, sum === undefined ? outcomes : sumOf(sum, outcomes));
    },
    rows: () =>
      [...sums].flatMap(([policyTypeKey, sum]) => (sum === null ? [] : [{ policyTypeKey, ...sum }])),
  };
}

function sumOf(one: PolicyOutcomes, other: PolicyOutcomes): PolicyOutcomes {
  return {
    pending: one.pending === null || other.pending === null ? null : one.pending + other.pending,
    succeeded: one.succeeded + other.succeeded,
    error: one.error + other.error,
    failed: one.failed + other.failed,
  };
}
