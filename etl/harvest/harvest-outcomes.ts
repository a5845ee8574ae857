// Reads how policies fare: one overview a policy, and the tenant's three summaries. Never a row for each device.
import { singletonOf } from '../graph/pages.ts';
import {
  COMPLIANCE_DEVICE_SUMMARY,
  complianceDeviceActivityStream,
  compliancePerPolicyStream,
  CONFIGURATION_DEVICE_SUMMARY,
  CONFIGURATION_USER_SUMMARY,
  outcomesOf,
  POLICY_PLATFORM,
  policyDeviceActivityStream,
  policyTypeActivityStream,
  policyUserActivityStream,
  profileDeviceActivityStream,
  profileUserActivityStream,
} from '../streams/policies.ts';
import type { Outcomes, OutcomesOfType, StateSummary, StatusOverview } from '../streams/policies.ts';
import { policyPlatformOf } from '../transform/policy-type.ts';
import { textOf } from '../transform/sentinels.ts';
import { rowMaker } from '../transform/staged-row.ts';
import type { KnownPolicies, KnownPolicy } from './harvest-policies.ts';
import { sideBySide } from './side-by-side.ts';
import type { Tools } from './tools.ts';

const toPolicyOutcomes = rowMaker(policyTypeActivityStream);
const toTypeOutcomes = rowMaker(policyDeviceActivityStream);
const toUserOutcomes = rowMaker(policyUserActivityStream);
const toCompliance = rowMaker(compliancePerPolicyStream);

export async function harvestOutcomes(tools: Tools, policies: KnownPolicies): Promise<void> {
  const { stage, ledger, keyOf } = tools;
  const counted = policies.read.filter(({ list }) => list.counts !== undefined);
  const ofDevices = makeTally();
  const ofUsers = makeTally();

  const readDevices = async (known: KnownPolicy): Promise<void> => {
    const { policy, policyTypeKey, list, odataType } = known;
    const entities = [
      policyTypeActivityStream.entity,
      ...(list.judgesCompliance ? [compliancePerPolicyStream.entity] : []),
    ];
    const read = await readOverview(tools, known, 'ofDevices');
    ledger.mark(entities, read ? 'complete' : 'partial');
    ofDevices.add(policyTypeKey, read && outcomesOf(read));
    if (!read) return;
    const outcomes = { policy, policyTypeKey, ...outcomesOf(read) };
    stage.append(policyTypeActivityStream.entity, [toPolicyOutcomes(outcomes)]);
    if (!list.judgesCompliance) return;
    const policyPlatformKey = keyOf(POLICY_PLATFORM, policyPlatformOf(textOf(odataType)));
    stage.append(compliancePerPolicyStream.entity, [
      toCompliance({ policy, policyPlatformKey, overview: read }),
    ]);
  };
  const readUsers = async (known: KnownPolicy): Promise<void> => {
    const read = await readOverview(tools, known, 'ofUsers');
    ofUsers.add(known.policyTypeKey, read && outcomesOf(read));
  };

  await sideBySide(counted, async (known) => {
    await readDevices(known);
    await readUsers(known);
  });
  stage.append(policyDeviceActivityStream.entity, ofDevices.rows().map(toTypeOutcomes));
  stage.append(policyUserActivityStream.entity, ofUsers.rows().map(toUserOutcomes));
  const ofLists = policies.completeness;
  ledger.mark([policyTypeActivityStream.entity, compliancePerPolicyStream.entity], ofLists);
  ledger.mark([policyDeviceActivityStream.entity], ofDevices.isWhole() ? ofLists : 'partial');
  ledger.mark([policyUserActivityStream.entity], ofUsers.isWhole() ? ofLists : 'partial');
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
  const address = `${list.address}/${encodeURIComponent(policy.id)}/${list.counts?.[whose] ?? ''}`;
  let overview: StatusOverview | null = null;
  await ledger.attempt([], address, async () => {
    overview = await singletonOf<StatusOverview>(graph, address);
    return 'complete';
  });
  return overview;
}

/** Sums of outcomes by policy type. A type of which one policy could not be read has no sum: it would be too small. */
function makeTally() {
  const sums = new Map<number, Outcomes | null>();
  return {
    add(policyTypeKey: number, outcomes: Outcomes | null): void {
      const sum = sums.get(policyTypeKey);
      if (sum === null || outcomes === null) sums.set(policyTypeKey, null);
      else sums.set(policyTypeKey, sum === undefined ? outcomes : sumOf(sum, outcomes));
    },
    rows: (): readonly OutcomesOfType[] =>
      [...sums].flatMap(([policyTypeKey, sum]) => (sum === null ? [] : [{ policyTypeKey, ...sum }])),
    isWhole: (): boolean => ![...sums.values()].includes(null),
  };
}

function sumOf(one: Outcomes, other: Outcomes): Outcomes {
  return {
    pending: one.pending + other.pending,
    succeeded: one.succeeded + other.succeeded,
    error: one.error + other.error,
    failed: one.failed + other.failed,
  };
}
