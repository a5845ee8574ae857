// Reads the encryption report and joins it with the devices and policies of the same night.
import { FeedError } from '../../src/base/feed-error.ts';
import type { Stage } from '../../src/engines/stage.ts';
import type { Graph } from '../graph/client.ts';
import { pagesOf } from '../graph/pages.ts';
import {
  deviceEncryptionPolicyStream,
  deviceEncryptionStateStream,
  deviceEncryptionStatusDetailStream,
  ENCRYPTION_STATES,
  encryptionActivityStream,
  RECOVERY_KEYS,
} from '../streams/encryption.ts';
import type {
  EncryptionCount,
  EncryptionRecord,
  GraphEncryptionState,
  GraphRecoveryKey,
} from '../streams/encryption.ts';
import type { KeyOf } from '../transform/lookups.ts';
import { idOf } from '../transform/sentinels.ts';
import { rowMaker } from '../transform/staged-row.ts';
import { detailKeysOf, encryptionRecord, policyIdsOf } from './encryption-record.ts';
import type { EncryptionSources } from './encryption-record.ts';
import type { KnownDevice, KnownDevices } from './harvest-devices.ts';
import type { KnownPolicies } from './harvest-policies.ts';
import type { Ledger } from './ledger.ts';

/** Devices that the report leaves out are taken in as many at a time as a page would have. */
const BATCH = 1000;

const toState = rowMaker(deviceEncryptionStateStream);
const toDetail = rowMaker(deviceEncryptionStatusDetailStream);
const toPolicy = rowMaker(deviceEncryptionPolicyStream);
const toCount = rowMaker(encryptionActivityStream);

/** By the device's id in Entra; null where keys may not be counted, which is a choice of the tenant and no problem. */
export async function harvestRecoveryKeys(
  graph: Graph,
  ledger: Ledger,
): Promise<ReadonlyMap<string, number> | null> {
  const owners = new Map<string, string>();
  try {
    for await (const keys of pagesOf<GraphRecoveryKey>(graph, RECOVERY_KEYS)) {
      for (const { id, deviceId } of keys) {
        const owner = idOf(deviceId);
        if (owner !== null) owners.set(id, owner);
      }
    }
  } catch (error) {
    if (!(error instanceof FeedError)) throw error;
    if (error.code !== 'feed.source-refused') ledger.problem(RECOVERY_KEYS, error.message);
    return null;
  }
  const counts = new Map<string, number>();
  for (const owner of owners.values()) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  return counts;
}

export async function harvestEncryption(
  graph: Graph,
  stage: Stage,
  ledger: Ledger,
  keyOf: KeyOf,
  devices: KnownDevices,
  policies: KnownPolicies,
  recoveryKeys: ReadonlyMap<string, number> | null,
): Promise<void> {
  const bitLockerProfiles = new Map(policies.read.map(({ policy, bitLocker }) => [policy.id, bitLocker]));
  const sources: EncryptionSources = { keyOf, bitLockerProfiles, recoveryKeys };
  const tally = makeTally();
  const entities = [
    deviceEncryptionStateStream.entity,
    deviceEncryptionStatusDetailStream.entity,
    deviceEncryptionPolicyStream.entity,
  ];

  const take = (pairs: readonly (readonly [string, KnownDevice, GraphEncryptionState | null])[]): void => {
    const taken = pairs.map(([id, device, reported]) => ({
      device,
      record: encryptionRecord(id, device, reported, sources),
    }));
    stage.append(
      deviceEncryptionStateStream.entity,
      taken.map(({ record }) => toState(record)),
    );
    stage.append(
      deviceEncryptionStatusDetailStream.entity,
      taken.flatMap(({ record, device }) =>
        detailKeysOf(record, device).map((detailKey) => toDetail({ deviceId: record.deviceId, detailKey })),
      ),
    );
    stage.append(
      deviceEncryptionPolicyStream.entity,
      taken.flatMap(({ record: { deviceId, reported } }) =>
        policyIdsOf(reported).flatMap((id) => {
          const policyNatural = policies.naturals.get(id);
          return policyNatural === undefined ? [] : [toPolicy({ deviceId, policyNatural })];
        }),
      ),
    );
    for (const { record, device } of taken) tally.add(record, device);
  };

  const outcome = await ledger.attempt(entities, ENCRYPTION_STATES, async (gained) => {
    for await (const page of pagesOf<GraphEncryptionState>(graph, ENCRYPTION_STATES, devices.byId.size)) {
      take(
        page.flatMap((reported) => {
          const device = devices.byId.get(reported.id);
          return device ? [[reported.id, device, reported] as const] : [];
        }),
      );
      gained();
    }
    const unreported = [...devices.byId].filter(([id]) => !tally.has(id));
    for (let at = 0; at < unreported.length; at += BATCH) {
      take(unreported.slice(at, at + BATCH).map(([id, device]) => [id, device, null]));
    }
    return devices.completeness;
  });
  // A trend from half of the fleet would be a fall that never was.
  if (outcome === 'complete') stage.append(encryptionActivityStream.entity, tally.counts().map(toCount));
  ledger.mark([encryptionActivityStream.entity], outcome === 'complete' ? 'complete' : 'failed');
}

/** Counts each device once, by what was said of it last. */
function makeTally() {
  const { derivedReadinessStateKey, encryptionStateKey } = deviceEncryptionStateStream.columns;
  const kinds = new Map<string, string>();
  return {
    has: (deviceId: string): boolean => kinds.has(deviceId),
    add(record: EncryptionRecord, { deviceTypeKey }: KnownDevice): void {
      const kind = [deviceTypeKey, derivedReadinessStateKey(record), encryptionStateKey(record)].join();
      kinds.set(record.deviceId, kind);
    },
    counts(): readonly EncryptionCount[] {
      const byKind = new Map<string, number>();
      for (const kind of kinds.values()) byKind.set(kind, (byKind.get(kind) ?? 0) + 1);
      return [...byKind].map(([kind, devices]) => {
        const [deviceTypeKey = 0, readinessKey = 0, stateKey = 0] = kind.split(',').map(Number);
        return { deviceTypeKey, readinessKey, stateKey, devices };
      });
    },
  };
}
