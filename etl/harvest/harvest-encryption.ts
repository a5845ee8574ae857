// Reads the encryption report and joins it with the devices and policies of the same night.
import { pagesOf } from '../graph/pages.ts';
import { isSourceFailure } from '../graph/source-failure.ts';
import {
  deviceEncryptionPolicyStream,
  deviceEncryptionStateStream,
  deviceEncryptionStatusDetailStream,
  ENCRYPTION_REPORT,
  ENCRYPTION_STATES,
  encryptionActivityStream,
  exportedEncryptionState,
  RECOVERY_KEYS,
} from '../streams/encryption.ts';
import type {
  EncryptionCount,
  EncryptionRecord,
  GraphEncryptionState,
  GraphRecoveryKey,
} from '../streams/encryption.ts';
import { idOf } from '../transform/sentinels.ts';
import { rowMaker } from '../transform/staged-row.ts';
import { encryptionRecord, policyIdsOf } from './encryption-record.ts';
import type { EncryptionSources } from './encryption-record.ts';
import type { KnownDevice, KnownDevices } from './harvest-devices.ts';
import type { KnownPolicies } from './harvest-policies.ts';
import { inPages } from './in-pages.ts';
import { makeSame } from './same.ts';
import type { Tools } from './tools.ts';

const toState = rowMaker(deviceEncryptionStateStream);
const toDetail = rowMaker(deviceEncryptionStatusDetailStream);
const toPolicy = rowMaker(deviceEncryptionPolicyStream);
const toCount = rowMaker(encryptionActivityStream);

/** By the device's id in Entra; null where keys may not be counted, which is a choice of the tenant and no problem. */
export async function harvestRecoveryKeys({
  graph,
  ledger,
}: Tools): Promise<ReadonlyMap<string, number> | null> {
  const counts = new Map<string, number>();
  const counted = new Set<string>();
  try {
    for await (const keys of pagesOf<GraphRecoveryKey>(graph, RECOVERY_KEYS)) {
      for (const { id, deviceId } of keys) {
        const owner = idOf(deviceId);
        if (owner === null || counted.has(id)) continue;
        counted.add(id);
        counts.set(owner, (counts.get(owner) ?? 0) + 1);
      }
    }
  } catch (error) {
    if (!isSourceFailure(error)) throw error;
    if (error.code !== 'feed.source-refused') ledger.problem(RECOVERY_KEYS, error.message);
    return null;
  }
  return counts;
}

/** What the night has found before, and the report is joined with. */
export interface Found {
  readonly devices: KnownDevices;
  readonly policies: KnownPolicies;
  readonly recoveryKeys: ReadonlyMap<string, number> | null;
}

/** A device, and its line of the report where there is one. */
type Line = readonly [deviceId: string, device: KnownDevice, reported: GraphEncryptionState | null];

export async function harvestEncryption(tools: Tools, found: Found): Promise<void> {
  const { stage, ledger, keyOf } = tools;
  const { devices, policies, recoveryKeys } = found;
  const bitLockerProfiles = new Map(policies.read.map(({ policy, bitLocker }) => [policy.id, bitLocker]));
  const sources: EncryptionSources = { keyOf, bitLockerProfiles, recoveryKeys };
  const tally = makeTally();
  const take = (lines: readonly Line[]): void => {
    const records = lines.map(([id, device, reported]) => encryptionRecord(id, device, reported, sources));
    appendRecords(tools, policies, records);
    tally.add(records);
  };
  const entities = [
    deviceEncryptionStateStream.entity,
    deviceEncryptionStatusDetailStream.entity,
    deviceEncryptionPolicyStream.entity,
  ];

  const takeReported = (states: readonly GraphEncryptionState[]): void =>
    take(
      states.flatMap((reported): readonly Line[] => {
        const device = devices.byId.get(reported.id);
        return device ? [[reported.id, device, reported]] : [];
      }),
    );

  const outcome = await ledger.attempt(entities, ENCRYPTION_STATES, async (gained) => {
    const listed = readList(tools, devices.byId.size, (states) => {
      takeReported(states);
      gained();
    });
    await listed.catch((error: unknown) => readExport(tools, error, takeReported));
    for (const some of inPages(devices.byId)) {
      const unreported = some.filter(([id]) => !tally.has(id));
      take(unreported.map(([id, device]): Line => [id, device, null]));
    }
    return devices.completeness;
  });
  // A trend from half of the fleet would be a fall that never was.
  if (outcome === 'complete') stage.append(encryptionActivityStream.entity, tally.counts().map(toCount));
  ledger.mark([encryptionActivityStream.entity], outcome === 'complete' ? 'complete' : 'failed');
}

async function readList(
  { graph }: Tools,
  total: number,
  take: (states: readonly GraphEncryptionState[]) => void,
): Promise<void> {
  for await (const page of pagesOf<GraphEncryptionState>(graph, ENCRYPTION_STATES, total)) take(page);
}

/** In place of a list that failed; where there is no export either, the list's own error is thrown. */
async function readExport(
  { exports, ledger }: Tools,
  error: unknown,
  take: (states: readonly GraphEncryptionState[]) => void,
): Promise<void> {
  if (!isSourceFailure(error) || !exports) throw error;
  const isWhole = await exports.read(ENCRYPTION_REPORT, (rows) =>
    take(rows.flatMap((row) => exportedEncryptionState(row) ?? [])),
  );
  if (!isWhole) throw error;
  ledger.problem(
    ENCRYPTION_STATES,
    `${error.message} Its export was read instead, which has nothing of FileVault.`,
  );
}

function appendRecords(
  { stage }: Tools,
  { naturals }: KnownPolicies,
  records: readonly EncryptionRecord[],
): void {
  const details = records.flatMap(({ deviceId, detailKeys }) =>
    detailKeys.map((detailKey) => toDetail({ deviceId, detailKey })),
  );
  const policies = records.flatMap(({ deviceId, reported }) =>
    policyIdsOf(reported).flatMap((id) => {
      const policyNatural = naturals.get(id);
      return policyNatural === undefined ? [] : [toPolicy({ deviceId, policyNatural })];
    }),
  );
  stage.append(deviceEncryptionStateStream.entity, records.map(toState));
  stage.append(deviceEncryptionStatusDetailStream.entity, details);
  stage.append(deviceEncryptionPolicyStream.entity, policies);
}

/** Counts each device once, by what was said of it last. */
function makeTally() {
  const { derivedReadinessStateKey, encryptionStateKey } = deviceEncryptionStateStream.columns;
  const kinds = new Map<string, string>();
  const same = makeSame();
  return {
    has: (deviceId: string): boolean => kinds.has(deviceId),
    add(records: readonly EncryptionRecord[]): void {
      for (const record of records) {
        const keys = [record.deviceTypeKey, derivedReadinessStateKey(record), encryptionStateKey(record)];
        kinds.set(record.deviceId, same(keys.join()));
      }
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
