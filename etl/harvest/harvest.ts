// The harvest: reads everything that the warehouse needs from Microsoft Graph, and appends it to staging as rows.
import type { Completeness, Staging } from '../../src/engines/staging.ts';
import type { GraphAccess } from '../graph/graph-client.ts';
import { openReportExports, type ReportExportOptions } from './report-exports.ts';
import { harvestApps, harvestInstallations } from './apps/harvest-apps.ts';
import { harvestDetails, harvestInventory } from './devices/harvest-details.ts';
import { harvestDevices, type KnownDevices } from './devices/harvest-devices.ts';
import { harvestEncryption } from './encryption/harvest-encryption.ts';
import { harvestEnrollment } from './devices/harvest-enrollment.ts';
import { harvestExtension } from './devices/harvest-extension.ts';
import { harvestMam } from './apps/harvest-mam.ts';
import { harvestOutcomes, harvestSummaries } from './policies/harvest-outcomes.ts';
import { harvestPolicies, type KnownPolicies } from './policies/harvest-policies.ts';
import { harvestRecoveryKeys } from './encryption/harvest-recovery-keys.ts';
import { harvestTerms } from './users/harvest-terms.ts';
import { harvestUsers, type KnownUsers } from './users/harvest-users.ts';
import { makeSourceResults, type SourceResults } from './source-results.ts';
import { settleAll } from './map-concurrent.ts';
import { makeStringPool } from './memory/string-pool.ts';
import type { HarvestContext } from './harvest-context.ts';
import { INTUNE_PLANS } from '../streams/users.ts';
import { makeKeyOf, type KeyOf } from '../transform/lookups.ts';

const DEFAULT_MAX_APP_INSTANCES = 200;

export interface HarvestOptions {
  /** Ids of the service plans that license Intune; by default Microsoft's own. */
  readonly intunePlans?: readonly string[];
  /** The applied policies are read only if at most this many copies of protected apps checked in; 200 by default. */
  readonly mostAppsAsked?: number | undefined;
  /** Without it, no report is exported. */
  readonly exports?: ReportExportOptions;
  /** Whether single devices are requested for properties that no list and no report has; off by default. */
  readonly deviceDetails?: 'on' | 'off' | undefined;
}

/**
 * Appends the tenant's rows, and returns how complete each collection is that was read. A source that fails affects its
 * own collections only. Throws the first FeedError when no source could be read, and the signal's reason when it is aborted.
 */
export async function harvest(
  { graph, run }: GraphAccess,
  staging: Staging,
  options: HarvestOptions = {},
): Promise<ReadonlyMap<string, Completeness>> {
  const {
    intunePlans = INTUNE_PLANS,
    mostAppsAsked: maxAppInstances = DEFAULT_MAX_APP_INSTANCES,
    exports,
  } = options;
  const results = makeSourceResults(run);
  const context: HarvestContext = {
    graph,
    run,
    staging,
    results,
    keyOf: makeLookupKeys(staging, results),
    entraIds: makeStringPool(),
    reportExports: exports
      ? openReportExports(
          { graph, run, jobStore: exports.jobStore, day: staging.dateKey },
          results,
          exports.timing,
        )
      : null,
  };

  const [{ devices, users }, policies, apps, recoveryKeys] = await settleAll(
    harvestDevicesAndUsers(context, intunePlans),
    harvestPoliciesAndOutcomes(context),
    harvestApps(context),
    harvestRecoveryKeys(context),
    harvestSummaries(context),
    harvestInventory(context),
  );
  await settleAll(
    harvestEncryption(context, { devices, policies, recoveryKeys }),
    harvestEnrollment(context, devices),
    harvestExtension(context, devices),
    harvestInstallations(context, apps, devices),
    ...(options.deviceDetails === 'on' ? [harvestDetails(context, devices)] : []),
    harvestMam(context, policies, apps, maxAppInstances),
    harvestTerms(context, users),
  );

  const { completeness } = results;
  const failure = results.firstFailure();
  if (failure && [...completeness.values()].every((each) => each === 'failed')) throw failure;
  return completeness;
}

async function harvestDevicesAndUsers(
  context: HarvestContext,
  intunePlans: readonly string[],
): Promise<{ readonly devices: KnownDevices; readonly users: KnownUsers }> {
  const devices = await harvestDevices(context);
  return { devices, users: await harvestUsers(context, devices, intunePlans) };
}

async function harvestPoliciesAndOutcomes(context: HarvestContext): Promise<KnownPolicies> {
  const policies = await harvestPolicies(context);
  await harvestOutcomes(context, policies);
  return policies;
}

function makeLookupKeys(staging: Staging, results: SourceResults): KeyOf {
  return makeKeyOf(staging, ({ entity }, member) => {
    // Partial, since a row is not deleted when no record of a run refers to it.
    results.mark([entity], 'partial');
    results.reportProblem(
      entity.name,
      `Microsoft Graph sent '${member}', which was not in ${entity.name}; a row was added.`,
    );
  });
}
