// Reads every list of policies, numbers their versions, and keeps what encryption needs to know of them.
import type { Completeness, GenerationBuild } from '../../src/engines/generation-build.ts';
import { listOf } from '../graph/pages.ts';
import { encryptionPolicySettingStream } from '../streams/encryption.ts';
import {
  POLICY_LISTS,
  policyName,
  policyNatural,
  policyStream,
  type GraphPolicy,
  type PolicyList,
  type PolicyRecord,
} from '../streams/policies.ts';
import { catalogSettings } from '../transform/catalog-settings.ts';
import {
  bitLockerProfileOf,
  encryptionSettings,
  type EncryptionSetting,
} from '../transform/encryption-settings.ts';
import { policyPlatformOf } from '../transform/policy-type.ts';
import { policyVersion, type SeenVersion } from '../transform/policy-version.ts';
import { textOf } from '../transform/sentinels.ts';
import type { BitLockerProfile } from '../transform/silent-encryption.ts';
import { rowMaker } from '../transform/staged-row.ts';
import { wholeOf } from './ledger.ts';
import { sideBySide } from './side-by-side.ts';
import type { Tools } from './tools.ts';

export interface KnownPolicy {
  readonly list: PolicyList;
  readonly policy: PolicyRecord;
  readonly policyTypeKey: number;
  /** Graph's word for what it is made for; null when not told. */
  readonly platform: string | null;
  /** False for a policy that is known to reach nobody. */
  readonly isAssigned: boolean;
  /** Null for a policy of another kind than a BitLocker profile. */
  readonly bitLocker: BitLockerProfile | null;
}

export interface KnownPolicies {
  readonly read: readonly KnownPolicy[];
  /** How facts refer to the version in force, by policy id; of lists that could not be read, the version last seen. */
  readonly naturals: ReadonlyMap<string, string>;
  readonly completeness: Completeness;
}

const toPolicy = rowMaker(policyStream);
const toSetting = rowMaker(encryptionPolicySettingStream);

export async function harvestPolicies({ graph, stage, ledger }: Tools): Promise<KnownPolicies> {
  const seen = versionsSeen(stage);
  const naturals = new Map(
    [...seen].map(([id, { version }]) => [id, policyNatural({ id, version, name: null })]),
  );
  const read: KnownPolicy[] = [];
  const outcomes: Completeness[] = [];

  await sideBySide(POLICY_LISTS, async (list) => {
    outcomes.push(
      await ledger.attempt([], list.address, async () => {
        for (const graphPolicy of await listOf<GraphPolicy>(graph, list.address)) {
          const known = knownPolicy(list, graphPolicy, seen.get(graphPolicy.id) ?? null);
          const natural = policyNatural(known.policy);
          stage.append(policyStream.entity, [toPolicy(known.policy)]);
          appendSettings(stage, natural, encryptionSettings(graphPolicy));
          naturals.set(known.policy.id, natural);
          read.push(known);
        }
        return 'complete';
      }),
    );
  });
  const completeness = wholeOf(outcomes);
  ledger.mark([policyStream.entity, encryptionPolicySettingStream.entity], completeness);
  await readCatalogSettings({ graph, stage, ledger }, read);
  return { read, naturals, completeness };
}

/** Policies of the settings catalog keep their settings apart: a request for each that may encrypt Windows. */
async function readCatalogSettings(
  { graph, stage, ledger }: Pick<Tools, 'graph' | 'stage' | 'ledger'>,
  policies: readonly KnownPolicy[],
): Promise<void> {
  const catalog = policies.filter(
    ({ list, platform }) => list.settingsApart && platform?.includes('windows'),
  );
  await sideBySide(catalog, async ({ list, policy }) => {
    const address = `${list.address}/${encodeURIComponent(policy.id)}/settings`;
    const outcome = await ledger.attempt([], address, async () => {
      appendSettings(stage, policyNatural(policy), catalogSettings(await listOf(graph, address)));
      return 'complete';
    });
    if (outcome !== 'complete') ledger.mark([encryptionPolicySettingStream.entity], 'partial');
  });
}

function appendSettings(
  stage: GenerationBuild,
  natural: string,
  settings: readonly EncryptionSetting[],
): void {
  const rows = settings.map((setting) => toSetting({ ...setting, policyNatural: natural }));
  stage.append(encryptionPolicySettingStream.entity, rows);
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

/** The newest version of each policy that the warehouse has. */
function versionsSeen(stage: GenerationBuild): ReadonlyMap<string, SeenVersion> {
  const newest = new Map<string, SeenVersion>();
  for (const row of stage.baseRows(policyStream.entity)) {
    const [id, version] = [String(row.policyId), Number(row.policyVersion)];
    if (version >= (newest.get(id)?.version ?? -Infinity)) {
      newest.set(id, { version, writtenAt: String(row.rowLastModifiedDateTimeUTC) });
    }
  }
  return newest;
}
