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
  type EncryptionCount,
  type EncryptionRecord,
  type GraphEncryptionState,
} from '../streams/encryption.ts';
import { rowMaker } from '../transform/staged-row.ts';
import { encryptionRecord, policyIdsOf, type EncryptionSources } from './encryption-record.ts';
import type { Fleet, KnownDevice } from './fleet.ts';
import type { KnownDevices } from './harvest-devices.ts';
import type { KnownPolicies } from './harvest-policies.ts';
import { inPages } from './in-pages.ts';
import { makeNumbers } from './numbers.ts';
import type { RecoveryKeys } from './harvest-recovery-keys.ts';
import { makeTexts } from './texts.ts';
import type { Tools } from './tools.ts';

const toState = rowMaker(deviceEncryptionStateStream);
const toDetail = rowMaker(deviceEncryptionStatusDetailStream);
const toPolicy = rowMaker(deviceEncryptionPolicyStream);
const toCount = rowMaker(encryptionActivityStream);

/** What the night has found before, and the report is joined with. */
export interface Found {
  readonly devices: KnownDevices;
  readonly policies: KnownPolicies;
  readonly recoveryKeys: RecoveryKeys | null;
}

/** A device, and its line of the report where there is one. */
interface Line {
  readonly device: KnownDevice;
  readonly reported: GraphEncryptionState | null;
}

export async function harvestEncryption(tools: Tools, found: Found): Promise<void> {
  const { stage, ledger, keyOf } = tools;
  const { devices, policies, recoveryKeys } = found;
  const { fleet } = devices;
  const bitLockerProfiles = new Map(policies.read.map(({ policy, bitLocker }) => [policy.id, bitLocker]));
  const sources: EncryptionSources = { keyOf, bitLockerProfiles, recoveryKeys };
  const tally = makeTally(fleet);
  const take = (lines: readonly Line[]): void => {
    const records = lines.map(({ device, reported }) => encryptionRecord(device, reported, sources));
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
        const number = fleet.numberOf(reported.id);
        return number < 0 ? [] : [{ device: fleet.at(number), reported }];
      }),
    );

  const outcome = await ledger.attempt(entities, ENCRYPTION_STATES, async (gained) => {
    const listed = readList(tools, fleet.size, (states) => {
      takeReported(states);
      gained();
    });
    await listed.catch((error: unknown) => readExport(tools, error, takeReported));
    for (const some of inPages(fleet)) {
      const unreported = some.filter((device) => !tally.has(device));
      take(unreported.map((device) => ({ device, reported: null })));
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
function makeTally(fleet: Fleet) {
  const { derivedReadinessStateKey, encryptionStateKey } = deviceEncryptionStateStream.columns;
  const kinds = makeTexts();
  /** By the number of the device, one more than that of its kind. */
  const kindOf = makeNumbers();
  const devicesOf = makeNumbers();
  return {
    has: ({ number }: KnownDevice): boolean => kindOf.at(number) > 0,
    add(records: readonly EncryptionRecord[]): void {
      for (const record of records) {
        const keys = [record.deviceTypeKey, derivedReadinessStateKey(record), encryptionStateKey(record)];
        const [device, kind] = [fleet.numberOf(record.deviceId), kinds.add(keys.join())];
        const before = kindOf.at(device) - 1;
        if (before >= 0) devicesOf.set(before, devicesOf.at(before) - 1);
        devicesOf.set(kind, devicesOf.at(kind) + 1);
        kindOf.set(device, kind + 1);
      }
    },
    counts(): readonly EncryptionCount[] {
      return Array.from({ length: kinds.count }, (_, kind) => {
        const [deviceTypeKey = 0, readinessKey = 0, stateKey = 0] = kinds.at(kind).split(',').map(Number);
        return { deviceTypeKey, readinessKey, stateKey, devices: devicesOf.at(kind) };
      }).filter(({ devices }) => devices > 0);
    },
  };
}
