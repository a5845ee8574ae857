// The harvest: everything the warehouse wants from Microsoft Graph tonight, brought to the stage as rows.
import type { Completeness, GenerationBuild } from '../src/engines/generation-build.ts';
import type { Graph } from './graph/client.ts';
import { openExports, type ExportContext } from './harvest/exports.ts';
import { harvestApps, harvestInstallations } from './harvest/harvest-apps.ts';
import { harvestDetails } from './harvest/harvest-details.ts';
import { harvestDevices, type KnownDevices } from './harvest/harvest-devices.ts';
import { harvestEncryption } from './harvest/harvest-encryption.ts';
import { harvestEnrollment } from './harvest/harvest-enrollment.ts';
import { harvestExtension } from './harvest/harvest-extension.ts';
import { harvestInventory } from './harvest/harvest-inventory.ts';
import { harvestMam } from './harvest/harvest-mam.ts';
import { harvestOutcomes, harvestSummaries } from './harvest/harvest-outcomes.ts';
import { harvestPolicies, type KnownPolicies } from './harvest/harvest-policies.ts';
import { harvestRecoveryKeys } from './harvest/harvest-recovery-keys.ts';
import { harvestTerms } from './harvest/harvest-terms.ts';
import { harvestUsers, type KnownUsers } from './harvest/harvest-users.ts';
import { makeLedger, type HarvestProblem, type Ledger } from './harvest/ledger.ts';
import { together } from './harvest/side-by-side.ts';
import { makeTexts } from './harvest/texts.ts';
import type { Tools } from './harvest/tools.ts';
import { INTUNE_PLANS } from './streams/users.ts';
import { makeKeyOf, type KeyOf } from './transform/lookups.ts';

const MOST_APPS_ASKED = 200;

export interface HarvestContext {
  /** Ids of the service plans that license Intune; the usual ones unless told. */
  readonly intunePlans?: readonly string[];
  /** Up to how many copies of protected apps that checked in are each asked for their policies; 200 unless told. */
  readonly mostAppsAsked?: number | undefined;
  /** Left out, no report is exported. */
  readonly exports?: ExportContext;
  /** Whether devices are asked one by one for what nothing else tells; off unless told. */
  readonly deviceDetails?: 'on' | 'off' | undefined;
}

export interface HarvestReport {
  /** Of every collection that the harvest knows, by name. Others were not looked for. */
  readonly completeness: ReadonlyMap<string, Completeness>;
  readonly problems: readonly HarvestProblem[];
}

/**
 * Appends tonight's rows to the stage; merging is left to the caller. A source that fails spoils its own collections
 * only. Throws the first FeedError when nothing could be read at all, and whatever aborts the requests.
 */
export async function harvest(
  graph: Graph,
  stage: GenerationBuild,
  context: HarvestContext = {},
): Promise<HarvestReport> {
  const { intunePlans = INTUNE_PLANS, mostAppsAsked = MOST_APPS_ASKED, exports } = context;
  const ledger = makeLedger(graph.run, graph.observe);
  const tools: Tools = {
    graph,
    stage,
    ledger,
    keyOf: lookupKeys(stage, ledger),
    entraIds: makeTexts(),
    exports: exports
      ? openExports({ graph, memory: exports.memory, night: stage.dateKey }, ledger, exports.pace)
      : null,
  };

  const [{ devices, users }, policies, apps, recoveryKeys] = await together(
    devicesAndUsers(tools, intunePlans),
    policiesAndOutcomes(tools),
    harvestApps(tools),
    harvestRecoveryKeys(tools),
    harvestSummaries(tools),
    harvestInventory(tools),
  );
  await together(
    harvestEncryption(tools, { devices, policies, recoveryKeys }),
    harvestEnrollment(tools, devices),
    harvestExtension(tools, devices),
    harvestInstallations(tools, apps, devices),
    ...(context.deviceDetails === 'on' ? [harvestDetails(tools, devices)] : []),
    harvestMam(tools, policies, apps, mostAppsAsked),
    harvestTerms(tools, users),
  );

  const { completeness, problems } = ledger;
  const failure = ledger.firstFailure();
  if (failure && [...completeness.values()].every((each) => each === 'failed')) throw failure;
  return { completeness, problems };
}

async function devicesAndUsers(
  tools: Tools,
  intunePlans: readonly string[],
): Promise<{ readonly devices: KnownDevices; readonly users: KnownUsers }> {
  const devices = await harvestDevices(tools);
  return { devices, users: await harvestUsers(tools, devices, intunePlans) };
}

async function policiesAndOutcomes(tools: Tools): Promise<KnownPolicies> {
  const policies = await harvestPolicies(tools);
  await harvestOutcomes(tools, policies);
  return policies;
}

function lookupKeys(stage: GenerationBuild, ledger: Ledger): KeyOf {
  return makeKeyOf(stage, ({ entity }, member) => {
    // Nothing of a lookup is ever gone because a night did not meet it.
    ledger.mark([entity], 'partial');
    ledger.problem(
      entity.name,
      `Microsoft Graph said '${member}', which ${entity.name} had no row for; it has now.`,
    );
  });
}
