// Reads how policies fare: the counts of each policy or a report over all of a kind, and the tenant's three summaries.
import { singletonOf } from '../graph/pages.ts';
import { reportOf } from '../graph/report.ts';
import { countsAddress, POLICY_LISTS, POLICY_PLATFORM } from '../streams/policies.ts';
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
  REPORT_COLUMNS,
  verdictsOf,
  verdictsOfReport,
  type Outcomes,
  type OutcomesOfType,
  type PolicyReportRow,
  type StateSummary,
  type StatusOverview,
  type Verdicts,
} from '../streams/policy-outcomes.ts';
import { rowMaker } from '../transform/staged-row.ts';
import { devicesInGrace } from './grace-period.ts';
import type { KnownPolicies, KnownPolicy } from './harvest-policies.ts';
import { sideBySide, together } from './side-by-side.ts';
import type { Tools } from './tools.ts';

const toPolicyOutcomes = rowMaker(policyTypeActivityStream);
const toTypeOutcomes = rowMaker(policyDeviceActivityStream);
const toUserOutcomes = rowMaker(policyUserActivityStream);
const toCompliance = rowMaker(compliancePerPolicyStream);

export async function harvestOutcomes(tools: Tools, policies: KnownPolicies): Promise<void> {
  const { stage, ledger } = tools;
  const ofDevices = makeTally();
  const ofUsers = makeTally();
  await together(
    countOneByOne(tools, policies, ofDevices, ofUsers),
    countByReports(tools, policies, ofDevices),
  );
  stage.append(policyDeviceActivityStream.entity, ofDevices.rows().map(toTypeOutcomes));
  stage.append(policyUserActivityStream.entity, ofUsers.rows().map(toUserOutcomes));
  const entities = [
    policyTypeActivityStream.entity,
    compliancePerPolicyStream.entity,
    policyDeviceActivityStream.entity,
    policyUserActivityStream.entity,
  ];
  ledger.mark(entities, policies.completeness);
}

/** Kinds whose policies have counts of their own: one or two requests a policy. */
async function countOneByOne(
  tools: Tools,
  { read }: KnownPolicies,
  ofDevices: Tally,
  ofUsers: Tally,
): Promise<void> {
  const { ledger } = tools;
  const counted = read.filter(({ list }) => list.counts !== undefined);
  await sideBySide(counted, async (known) => {
    const devices = await readOverview(tools, known, 'ofDevices');
    ofDevices.add(known.policyTypeKey, devices && outcomesOf(devices));
    if (devices) {
      const inGrace = known.list.judgesCompliance ? await devicesInGrace(tools, known, devices) : null;
      appendOutcomes(tools, known, outcomesOf(devices), verdictsOf(devices, inGrace));
    } else {
      ledger.mark([...entitiesOf(known), policyDeviceActivityStream.entity], 'partial');
    }
    const users = await readOverview(tools, known, 'ofUsers');
    ofUsers.add(known.policyTypeKey, users && outcomesOf(users));
    if (!users) ledger.mark([policyUserActivityStream.entity], 'partial');
  });
}

/** Kinds that are counted by a report. It counts devices only, and need not have a line for every policy. */
async function countByReports(tools: Tools, { read }: KnownPolicies, ofDevices: Tally): Promise<void> {
  const { graph, ledger } = tools;
  const reports = new Set(POLICY_LISTS.flatMap(({ report }) => report ?? []));
  await sideBySide([...reports], async (report) => {
    const reported = read.filter(({ list, isAssigned }) => list.report === report && isAssigned);
    if (reported.length === 0) return;
    const lines = new Map<string, PolicyReportRow>();
    const outcome = await ledger.attempt([], report, async () => {
      for (const row of await reportOf(graph, report, REPORT_COLUMNS)) lines.set(String(row.PolicyId), row);
      return 'complete';
    });
    for (const known of reported) {
      const line = lines.get(known.policy.id);
      const outcomes = line === undefined ? null : outcomesOfReport(line);
      ofDevices.add(known.policyTypeKey, outcomes);
      if (line && outcomes) appendOutcomes(tools, known, outcomes, verdictsOfReport(line));
      if (outcome === 'complete') continue;
      ledger.mark([...entitiesOf(known), policyDeviceActivityStream.entity], 'partial');
    }
  });
}

function entitiesOf({ list }: KnownPolicy) {
  return [
    policyTypeActivityStream.entity,
    ...(list.judgesCompliance ? [compliancePerPolicyStream.entity] : []),
  ];
}

function appendOutcomes(
  { stage, keyOf }: Tools,
  { policy, policyTypeKey, list, platform }: KnownPolicy,
  outcomes: Outcomes,
  verdicts: Verdicts | null,
): void {
  stage.append(policyTypeActivityStream.entity, [toPolicyOutcomes({ policy, policyTypeKey, ...outcomes })]);
  if (!list.judgesCompliance || !verdicts) return;
  const policyPlatformKey = keyOf(POLICY_PLATFORM, platform);
  stage.append(compliancePerPolicyStream.entity, [toCompliance({ policy, policyPlatformKey, verdicts })]);
}

const SUMMARIES = [
  {
    address: CONFIGURATION_DEVICE_SUMMARY,
    entity: profileDeviceActivityStream.entity,
    toRow: rowMaker(profileDeviceActivityStream),
  },
  {
    address: CONFIGURATION_USER_SUMMARY,
    entity: profileUserActivityStream.entity,
    toRow: rowMaker(profileUserActivityStream),
  },
  {
    address: COMPLIANCE_DEVICE_SUMMARY,
    entity: complianceDeviceActivityStream.entity,
    toRow: rowMaker(complianceDeviceActivityStream),
  },
] as const;

/** The three collections that hold one row a night. */
export async function harvestSummaries({ graph, stage, ledger }: Tools): Promise<void> {
  await sideBySide(SUMMARIES, async ({ address, entity, toRow }) => {
    await ledger.attempt([entity], address, async () => {
      stage.append(entity, [toRow(await singletonOf<StateSummary>(graph, address))]);
      return 'complete';
    });
  });
}

async function readOverview(
  { graph, ledger }: Tools,
  { list, policy }: KnownPolicy,
  whose: 'ofDevices' | 'ofUsers',
): Promise<StatusOverview | null> {
  const address = countsAddress(list, policy.id, list.counts?.[whose] ?? '');
  let overview: StatusOverview | null = null;
  await ledger.attempt([], address, async () => {
    overview = await singletonOf<StatusOverview>(graph, address);
    return 'complete';
  });
  return overview;
}

interface Tally {
  readonly add: (policyTypeKey: number, outcomes: Outcomes | null) => void;
  readonly rows: () => readonly OutcomesOfType[];
}

/** Sums of outcomes by policy type. A type of which one policy is not known has no sum: it would be too small. */
function makeTally(): Tally {
  const sums = new Map<number, Outcomes | null>();
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

function sumOf(one: Outcomes, other: Outcomes): Outcomes {
  return {
    pending: one.pending === null || other.pending === null ? null : one.pending + other.pending,
    succeeded: one.succeeded + other.succeeded,
    error: one.error + other.error,
    failed: one.failed + other.failed,
  };
}
