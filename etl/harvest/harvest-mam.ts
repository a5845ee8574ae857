// Reads app protection: who uses which protected app, which copies checked in, and what protects them.
import { listOf, pagesOf } from '../graph/pages.ts';
import { isSourceFailure, refusalStatus } from '../graph/source-failure.ts';
import {
  APP_REGISTRATIONS,
  appIdOf,
  appliedPoliciesOf,
  effectivePolicy,
  mamApplicationInstanceStream,
  mamApplicationStream,
  mamCheckinStream,
  mamEffectivePolicyStream,
  protects,
  type EffectivePolicy,
  type GraphAppliedPolicy,
  type GraphAppRegistration,
} from '../streams/mam.ts';
import { policyNatural } from '../streams/policies.ts';
import { dayBefore } from '../transform/day-before.ts';
import { instantOf } from '../transform/sentinels.ts';
import { rowMaker } from '../transform/staged-row.ts';
import type { KnownApps } from './harvest-apps.ts';
import type { KnownPolicies } from './harvest-policies.ts';
import { sideBySide } from './side-by-side.ts';
import type { Tools } from './tools.ts';

const toApp = rowMaker(mamApplicationStream);
const toInstance = rowMaker(mamApplicationInstanceStream);
const toEffectivePolicy = rowMaker(mamEffectivePolicyStream);
const toCheckin = rowMaker(mamCheckinStream);

/**
 * What protects a copy takes a request for each: that is asked where no more than `mostAsked` checked in, and left open
 * (null) for all of them otherwise.
 */
export async function harvestMam(
  tools: Tools,
  policies: KnownPolicies,
  catalogue: KnownApps,
  mostAsked: number,
): Promise<void> {
  const { graph, stage, ledger, keyOf } = tools;
  const names = appNames(tools, catalogue);
  const apps = new Set<string>();
  // A copy that checked in before midnight and again after it shows the later instant only.
  const { from } = dayBefore(stage.dateKey);
  const isCheckin = ({ lastSyncDateTime }: GraphAppRegistration): boolean =>
    (instantOf(lastSyncDateTime) ?? '') >= from;
  const append = (checkins: readonly GraphAppRegistration[], protection: Protection): void =>
    stage.append(
      mamCheckinStream.entity,
      checkins.map((registration) => {
        const effectivePolicyNatural = protection.get(registration.id)?.natural ?? null;
        return toCheckin({ registration, keyOf, effectivePolicyNatural });
      }),
    );

  let checkedIn = 0;
  const waiting: GraphAppRegistration[] = [];
  const entities = [mamApplicationStream.entity, mamApplicationInstanceStream.entity];
  const outcome = await ledger.attempt(entities, APP_REGISTRATIONS, async (gained) => {
    for await (const page of pagesOf<GraphAppRegistration>(graph, APP_REGISTRATIONS)) {
      const instances = page.map((registration) => toInstance({ registration, keyOf }));
      stage.append(mamApplicationInstanceStream.entity, instances);
      for (const registration of page) {
        const appId = appIdOf(registration);
        if (appId !== null) apps.add(appId);
      }
      const checkins = page.filter(isCheckin);
      checkedIn += checkins.length;
      waiting.push(...checkins);
      // Too many to ask each: then none has to wait.
      if (checkedIn > mostAsked) append(waiting.splice(0), new Map());
      gained();
    }
    return 'complete';
  });
  const records = [...apps].map((appId) => toApp({ appId, name: names.get(appId) ?? null }));
  stage.append(mamApplicationStream.entity, records);
  // Half of the check-ins of a day would look like a quiet day.
  ledger.mark([mamCheckinStream.entity], outcome === 'complete' ? 'complete' : 'failed');

  const protection = await readProtection(tools, waiting, policies);
  append(waiting, protection);
  const written = policies.read
    .filter(({ list }) => list.protectsApps)
    .map(({ policy }) => effectivePolicy([policyNatural(policy)]));
  stage.append(mamEffectivePolicyStream.entity, [...written, ...protection.values()].map(toEffectivePolicy));
  ledger.mark([mamEffectivePolicyStream.entity], policies.completeness);
}

/** By the id of the registration; those that nothing protects are not in it. */
type Protection = ReadonlyMap<string, EffectivePolicy>;

async function readProtection(
  { graph, ledger }: Tools,
  registrations: readonly GraphAppRegistration[],
  { naturals }: KnownPolicies,
): Promise<Protection> {
  const protection = new Map<string, EffectivePolicy>();
  const readOne = async ({ id }: GraphAppRegistration): Promise<void> => {
    const applied = await listOf<GraphAppliedPolicy>(graph, appliedPoliciesOf(id));
    const inForce = applied.filter(protects).flatMap((policy) => naturals.get(policy.id) ?? []);
    if (inForce.length > 0) protection.set(id, effectivePolicy(inForce));
  };
  // Where one is refused all are: that is one problem, and no reason to go on asking.
  const outcome = await ledger.attempt([], `${APP_REGISTRATIONS}/appliedPolicies`, async () => {
    await sideBySide(registrations, (registration) =>
      readOne(registration).catch((error: unknown) => {
        // Gone since it was listed.
        if (!isSourceFailure(error) || refusalStatus(error) !== 404) throw error;
      }),
    );
    return 'complete';
  });
  // Of the others it would look as if nothing protected them.
  return outcome === 'complete' ? protection : new Map();
}

/** By bundle or package id. What an earlier night knew stays known when the catalogue could not be read. */
function appNames({ stage }: Tools, catalogue: KnownApps): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { mamApplicationId, mamApplicationName } of stage.baseRows(mamApplicationStream.entity)) {
    if (mamApplicationName !== null) names.set(String(mamApplicationId), String(mamApplicationName));
  }
  for (const [appId, name] of catalogue.names) names.set(appId, name);
  return names;
}
