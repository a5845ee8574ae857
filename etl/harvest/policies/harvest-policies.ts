// Reads every list of policies, numbers their versions, and collects what the encryption harvest needs.
import type { Completeness, Staging } from '../../../src/engines/staging.ts';
import { readList } from '../../graph/read-pages.ts';
import { encryptionPolicySettingStream } from '../../streams/encryption.ts';
import {
  POLICY_LISTS,
  policyName,
  policyNaturalKey,
  policyStream,
  type GraphPolicy,
  type PolicyList,
  type PolicyRecord,
} from '../../streams/policies.ts';
import { catalogSettings } from '../../transform/encryption/catalog-settings.ts';
import {
  bitLockerProfileOf,
  encryptionSettings,
  type EncryptionSetting,
} from '../../transform/encryption/encryption-settings.ts';
import { policyPlatformOf } from '../../transform/policies/policy-type.ts';
import { instantOf, textOf } from '../../transform/graph-values.ts';
import type { BitLockerProfile } from '../../transform/encryption/silent-encryption.ts';
import { makeRowMapper } from '../../transform/row-mapper.ts';
import { combinedCompleteness } from '../source-results.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import type { HarvestContext } from '../harvest-context.ts';

export interface KnownPolicy {
  readonly list: PolicyList;
  readonly policy: PolicyRecord;
  readonly policyTypeKey: number;
  /** The platform as Graph spells it; null when not reported. */
  readonly platform: string | null;
  /** False only if Graph says so. */
  readonly isAssigned: boolean;
  /** Null for a policy that is not a BitLocker profile. */
  readonly bitLocker: BitLockerProfile | null;
}

export interface KnownPolicies {
  readonly harvested: readonly KnownPolicy[];
  /** Natural key of the current version by policy id; the last known one for lists that could not be read. */
  readonly naturalKeys: ReadonlyMap<string, string>;
  readonly completeness: Completeness;
}

const toPolicy = makeRowMapper(policyStream);
const toSetting = makeRowMapper(encryptionPolicySettingStream);

export async function harvestPolicies(context: HarvestContext): Promise<KnownPolicies> {
  const { staging, results } = context;
  const seenVersions = newestVersions(staging);
  const naturalKeys = new Map(
    [...seenVersions].map(([id, { version }]) => [id, policyNaturalKey({ id, version, name: null })]),
  );
  const harvested: KnownPolicy[] = [];
  const parts: Completeness[] = [];

  await mapConcurrent(POLICY_LISTS, async (list) => {
    parts.push(
      await results.readSource([], list.address, async () => {
        for (const graphPolicy of await readList<GraphPolicy>(context, list.address)) {
          const known = knownPolicy(list, graphPolicy, seenVersions.get(graphPolicy.id) ?? null);
          const naturalKey = policyNaturalKey(known.policy);
          staging.append(policyStream.entity, [toPolicy(known.policy)]);
          appendSettings(staging, naturalKey, encryptionSettings(graphPolicy));
          naturalKeys.set(known.policy.id, naturalKey);
          harvested.push(known);
        }
        return 'complete';
      }),
    );
  });
  const completeness = combinedCompleteness(parts);
  results.mark([policyStream.entity, encryptionPolicySettingStream.entity], completeness);
  await readCatalogSettings(context, harvested);
  return { harvested, naturalKeys, completeness };
}

/** Settings catalog policies have their settings at a separate address: one request for each Windows policy. */
async function readCatalogSettings(context: HarvestContext, policies: readonly KnownPolicy[]): Promise<void> {
  const { staging, results } = context;
  const catalog = policies.filter(
    ({ list, platform }) => list.hasSeparateSettings && platform?.includes('windows'),
  );
  await mapConcurrent(catalog, async ({ list, policy }) => {
    const address = `${list.address}/${encodeURIComponent(policy.id)}/settings`;
    const completeness = await results.readSource([], address, async () => {
      appendSettings(staging, policyNaturalKey(policy), catalogSettings(await readList(context, address)));
      return 'complete';
    });
    if (completeness !== 'complete') results.mark([encryptionPolicySettingStream.entity], 'partial');
  });
}

function appendSettings(
  staging: Staging,
  policyNaturalKey: string,
  settings: readonly EncryptionSetting[],
): void {
  const rows = settings.map((setting) => toSetting({ ...setting, policyNaturalKey }));
  staging.append(encryptionPolicySettingStream.entity, rows);
}

function knownPolicy(list: PolicyList, graphPolicy: GraphPolicy, seen: SeenVersion | null): KnownPolicy {
  const { id, version, lastModifiedDateTime } = graphPolicy;
  return {
    list,
    policy: {
      id,
      version: policyVersion(version, lastModifiedDateTime, seen),
      name: policyName(graphPolicy),
    },
    policyTypeKey: list.typeOf(graphPolicy),
    platform: policyPlatformOf(textOf(graphPolicy['@odata.type'])) ?? textOf(graphPolicy.platforms),
    isAssigned: graphPolicy.isAssigned !== false,
    bitLocker: bitLockerProfileOf(graphPolicy),
  };
}

interface SeenVersion {
  readonly version: number;
  /** Canonical instant at which the warehouse wrote that version. */
  readonly writtenAt: string;
}

/**
 * Graph's own number where it has one, else a count of the edits that the warehouse saw. `seen` is the newest version in
 * the warehouse, null for a policy that is new to it.
 */
export function policyVersion(version: unknown, lastModified: unknown, seen: SeenVersion | null): number {
  if (typeof version === 'number') return version;
  if (seen === null) return 1;
  const editedAt = instantOf(lastModified);
  return editedAt !== null && editedAt > seen.writtenAt ? seen.version + 1 : seen.version;
}

/** The newest version of each policy that the warehouse has. */
function newestVersions(staging: Staging): ReadonlyMap<string, SeenVersion> {
  const newest = new Map<string, SeenVersion>();
  for (const row of staging.baseRows(policyStream.entity)) {
    const [id, version] = [String(row.policyId), Number(row.policyVersion)];
    if (version >= (newest.get(id)?.version ?? -Infinity)) {
      newest.set(id, { version, writtenAt: String(row.rowLastModifiedDateTimeUTC) });
    }
  }
  return newest;
}
