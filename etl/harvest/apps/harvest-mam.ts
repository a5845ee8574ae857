// Reads app protection: the protected apps, their copies on devices, which of them checked in, and their policies.
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
 * The policies of a copy take one request each. They are read if at most `maxInstances` copies checked in; otherwise they
 * are null for all of them.
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
  // No upper bound: a copy that checked in yesterday and again today has only the later instant.
  const { from } = dayBefore(staging.dateKey);
  const isCheckin = ({ lastSyncDateTime }: GraphAppRegistration): boolean =>
    (instantOf(lastSyncDateTime) ?? '') >= from;
  const appendCheckins = (checkins: readonly GraphAppRegistration[], protection: ProtectionById): void =>
    staging.append(
      mamCheckinStream.entity,
      checkins.map((registration) => {
        const effectivePolicyNaturalKey = protection.get(registration.id)?.naturalKey ?? null;
        return toCheckin({ registration, keyOf, effectivePolicyNaturalKey });
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
      // Too many to request their policies, so they need not be held back.
      if (checkedIn > maxInstances) appendCheckins(pendingCheckins.splice(0), new Map());
      onRows();
    }
    return 'complete';
  });
  const records = [...appIds].map((appId) => toApp({ appId, name: names.get(appId) ?? null }));
  staging.append(mamApplicationStream.entity, records);
  // A part of a day's check-ins would look like a day with few.
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

/** By the id of the registration; without those that no policy protects. */
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
  // If one request is refused all are, so the first refusal ends them, as one problem.
  const completeness = await results.readSource([], `${APP_REGISTRATIONS}/appliedPolicies`, async () => {
    await mapConcurrent(registrations, (registration) =>
      readOne(registration).catch((error: unknown) => {
        // Deleted since it was listed.
        if (!isSourceFailure(error) || failureStatus(error) !== 404) throw error;
      }),
    );
    return 'complete';
  });
  // With a part of the policies, the other copies would look unprotected.
  return completeness === 'complete' ? protection : new Map();
}

/** By bundle or package id. Includes the names that are already in the warehouse, in case the apps could not be read. */
function appNames({ staging }: HarvestContext, knownApps: KnownApps): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { mamApplicationId, mamApplicationName } of staging.baseRows(mamApplicationStream.entity)) {
    if (mamApplicationName !== null) names.set(String(mamApplicationId), String(mamApplicationName));
  }
  for (const [appId, name] of knownApps.names) names.set(appId, name);
  return names;
}
