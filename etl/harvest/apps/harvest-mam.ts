// Reads app protection: who uses which protected app, which copies checked in, and what protects them.
import { readList, readPages } from '../../graph/read-pages.ts';
import { isSourceFailure, failureStatus } from '../../graph/source-failure.ts';
import {
  APP_REGISTRATIONS,
  appIdOf,
  appliedPoliciesAddress,
  effectivePolicy,
  mamApplicationInstanceStream,
  mamApplicationStream,
  mamCheckinStream,
  mamEffectivePolicyStream,
  isProtectionPolicy,
  type EffectivePolicy,
  type GraphAppliedPolicy,
  type GraphAppRegistration,
} from '../../streams/mam.ts';
import { policyNaturalKey } from '../../streams/policies.ts';
import { dayBefore } from '../../transform/day-before.ts';
import { instantOf } from '../../transform/graph-values.ts';
import { makeRowMapper } from '../../transform/row-mapper.ts';
import type { KnownApps } from './harvest-apps.ts';
import type { KnownPolicies } from '../policies/harvest-policies.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import type { HarvestContext } from '../harvest-context.ts';

const toApp = makeRowMapper(mamApplicationStream);
const toInstance = makeRowMapper(mamApplicationInstanceStream);
const toEffectivePolicy = makeRowMapper(mamEffectivePolicyStream);
const toCheckin = makeRowMapper(mamCheckinStream);

/**
 * What protects a copy takes a request for each: that is asked where no more than `mostAsked` checked in, and left open
 * (null) for all of them otherwise.
 */
export async function harvestMam(
  context: HarvestContext,
  policies: KnownPolicies,
  knownApps: KnownApps,
  maxInstances: number,
): Promise<void> {
  const { staging, results, keyOf } = context;
  const names = appNames(context, knownApps);
  const appIds = new Set<string>();
  // A copy that checked in before midnight and again after it shows the later instant only.
  const { from } = dayBefore(staging.dateKey);
  const isCheckin = ({ lastSyncDateTime }: GraphAppRegistration): boolean =>
    (instantOf(lastSyncDateTime) ?? '') >= from;
  const appendCheckins = (checkins: readonly GraphAppRegistration[], protection: ProtectionById): void =>
    staging.append(
      mamCheckinStream.entity,
      checkins.map((registration) => {
        const effectivePolicyNatural = protection.get(registration.id)?.naturalKey ?? null;
        return toCheckin({ registration, keyOf, effectivePolicyNaturalKey: effectivePolicyNatural });
      }),
    );

  let checkedIn = 0;
  const pendingCheckins: GraphAppRegistration[] = [];
  const entities = [mamApplicationStream.entity, mamApplicationInstanceStream.entity];
  const completeness = await results.readSource(entities, APP_REGISTRATIONS, async (onRows) => {
    for await (const page of readPages<GraphAppRegistration>(context, APP_REGISTRATIONS)) {
      const instances = page.map((registration) => toInstance({ registration, keyOf }));
      staging.append(mamApplicationInstanceStream.entity, instances);
      for (const registration of page) {
        const appId = appIdOf(registration);
        if (appId !== null) appIds.add(appId);
      }
      const checkins = page.filter(isCheckin);
      checkedIn += checkins.length;
      pendingCheckins.push(...checkins);
      // Too many to ask each: then none has to wait.
      if (checkedIn > maxInstances) appendCheckins(pendingCheckins.splice(0), new Map());
      onRows();
    }
    return 'complete';
  });
  const records = [...appIds].map((appId) => toApp({ appId, name: names.get(appId) ?? null }));
  staging.append(mamApplicationStream.entity, records);
  // Half of the check-ins of a day would look like a quiet day.
  results.mark([mamCheckinStream.entity], completeness === 'complete' ? 'complete' : 'failed');

  const protection = await readProtection(context, pendingCheckins, policies);
  appendCheckins(pendingCheckins, protection);
  const singlePolicies = policies.harvested
    .filter(({ list }) => list.protectsApps)
    .map(({ policy }) => effectivePolicy([policyNaturalKey(policy)]));
  staging.append(
    mamEffectivePolicyStream.entity,
    [...singlePolicies, ...protection.values()].map(toEffectivePolicy),
  );
  results.mark([mamEffectivePolicyStream.entity], policies.completeness);
}

/** By the id of the registration; those that nothing protects are not in it. */
type ProtectionById = ReadonlyMap<string, EffectivePolicy>;

async function readProtection(
  context: HarvestContext,
  registrations: readonly GraphAppRegistration[],
  { naturalKeys }: KnownPolicies,
): Promise<ProtectionById> {
  const { results } = context;
  const protection = new Map<string, EffectivePolicy>();
  const readOne = async ({ id }: GraphAppRegistration): Promise<void> => {
    const applied = await readList<GraphAppliedPolicy>(context, appliedPoliciesAddress(id));
    const policyNaturalKeys = applied
      .filter(isProtectionPolicy)
      .flatMap((policy) => naturalKeys.get(policy.id) ?? []);
    if (policyNaturalKeys.length > 0) protection.set(id, effectivePolicy(policyNaturalKeys));
  };
  // Where one is refused all are: that is one problem, and no reason to go on asking.
  const completeness = await results.readSource([], `${APP_REGISTRATIONS}/appliedPolicies`, async () => {
    await mapConcurrent(registrations, (registration) =>
      readOne(registration).catch((error: unknown) => {
        // Gone since it was listed.
        if (!isSourceFailure(error) || failureStatus(error) !== 404) throw error;
      }),
    );
    return 'complete';
  });
  // Of the others it would look as if nothing protected them.
  return completeness === 'complete' ? protection : new Map();
}

/** By bundle or package id. What an earlier night knew stays known when the catalogue could not be read. */
function appNames({ staging }: HarvestContext, knownApps: KnownApps): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { mamApplicationId, mamApplicationName } of staging.baseRows(mamApplicationStream.entity)) {
    if (mamApplicationName !== null) names.set(String(mamApplicationId), String(mamApplicationName));
  }
  for (const [appId, name] of knownApps.names) names.set(appId, name);
  return names;
}
