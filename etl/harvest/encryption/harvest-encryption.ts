// Reads the encryption report and joins it with the devices and policies of the same run.
import { readPages } from '../../graph/read-pages.ts';
import { isSourceFailure } from '../../graph/source-failure.ts';
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
} from '../../streams/encryption.ts';
import { makeRowMapper } from '../../transform/row-mapper.ts';
import { encryptionRecord, policyIdsOf, type EncryptionSources } from './encryption-record.ts';
import type { Fleet, KnownDevice } from '../memory/fleet.ts';
import type { KnownDevices } from '../devices/harvest-devices.ts';
import type { KnownPolicies } from '../policies/harvest-policies.ts';
import { inPages } from '../in-pages.ts';
import { makeInt32List } from '../memory/int32-list.ts';
import type { RecoveryKeyCounts } from './harvest-recovery-keys.ts';
import { makeStringPool } from '../memory/string-pool.ts';
import type { HarvestContext } from '../harvest-context.ts';

const toState = makeRowMapper(deviceEncryptionStateStream);
const toDetail = makeRowMapper(deviceEncryptionStatusDetailStream);
const toPolicy = makeRowMapper(deviceEncryptionPolicyStream);
const toCount = makeRowMapper(encryptionActivityStream);

/** What was harvested before, and is joined with the report. */
export interface EncryptionInputs {
  readonly devices: KnownDevices;
  readonly policies: KnownPolicies;
  readonly recoveryKeys: RecoveryKeyCounts | null;
}

/** A device, and its row of the report if there is one. */
interface ReportedDevice {
  readonly device: KnownDevice;
  readonly reported: GraphEncryptionState | null;
}

export async function harvestEncryption(context: HarvestContext, inputs: EncryptionInputs): Promise<void> {
  const { staging, results, keyOf } = context;
  const { devices, policies, recoveryKeys } = inputs;
  const { fleet } = devices;
  const bitLockerProfiles = new Map(
    policies.harvested.map(({ policy, bitLocker }) => [policy.id, bitLocker]),
  );
  const sources: EncryptionSources = { keyOf, bitLockerProfiles, recoveryKeys };
  const tally = makeEncryptionTally(fleet);
  const appendDevices = (reportedDevices: readonly ReportedDevice[]): void => {
    const records = reportedDevices.map(({ device, reported }) =>
      encryptionRecord(device, reported, sources),
    );
    appendRecords(context, policies, records);
    tally.add(records);
  };
  const entities = [
    deviceEncryptionStateStream.entity,
    deviceEncryptionStatusDetailStream.entity,
    deviceEncryptionPolicyStream.entity,
  ];

  const appendReported = (states: readonly GraphEncryptionState[]): void =>
    appendDevices(
      states.flatMap((reported): readonly ReportedDevice[] => {
        const index = fleet.indexOf(reported.id);
        return index < 0 ? [] : [{ device: fleet.at(index), reported }];
      }),
    );

  const completeness = await results.readSource(entities, ENCRYPTION_STATES, async (onRows) => {
    const listRead = readList(context, fleet.size, (states) => {
      appendReported(states);
      onRows();
    });
    await listRead.catch((error: unknown) => readExport(context, error, appendReported));
    for (const page of inPages(fleet)) {
      const unreported = page.filter((device) => !tally.has(device));
      appendDevices(unreported.map((device) => ({ device, reported: null })));
    }
    return devices.completeness;
  });
  // In a trend, a part of the fleet would look like a drop.
  if (completeness === 'complete')
    staging.append(encryptionActivityStream.entity, tally.counts().map(toCount));
  results.mark([encryptionActivityStream.entity], completeness === 'complete' ? 'complete' : 'failed');
}

async function readList(
  context: HarvestContext,
  total: number,
  onStates: (states: readonly GraphEncryptionState[]) => void,
): Promise<void> {
  for await (const page of readPages<GraphEncryptionState>(context, ENCRYPTION_STATES, total)) onStates(page);
}

/** Reads the export when the list failed. Throws the error of the list when the export fails too. */
async function readExport(
  { reportExports, results }: HarvestContext,
  error: unknown,
  onStates: (states: readonly GraphEncryptionState[]) => void,
): Promise<void> {
  if (!isSourceFailure(error) || !reportExports) throw error;
  const isWhole = await reportExports.readRows(ENCRYPTION_REPORT, (rows) =>
    onStates(rows.flatMap((row) => exportedEncryptionState(row) ?? [])),
  );
  if (!isWhole) throw error;
  results.reportProblem(
    ENCRYPTION_STATES,
    `${error.message} Its export was read instead, which does not contain FileVault.`,
  );
}

function appendRecords(
  { staging }: HarvestContext,
  { naturalKeys }: KnownPolicies,
  records: readonly EncryptionRecord[],
): void {
  const details = records.flatMap(({ deviceId, detailKeys }) =>
    detailKeys.map((detailKey) => toDetail({ deviceId, detailKey })),
  );
  const policies = records.flatMap(({ deviceId, reported }) =>
    policyIdsOf(reported).flatMap((id) => {
      const policyNaturalKey = naturalKeys.get(id);
      return policyNaturalKey === undefined ? [] : [toPolicy({ deviceId, policyNaturalKey })];
    }),
  );
  staging.append(deviceEncryptionStateStream.entity, records.map(toState));
  staging.append(deviceEncryptionStatusDetailStream.entity, details);
  staging.append(deviceEncryptionPolicyStream.entity, policies);
}

/** Counts each device once, by its last record. */
function makeEncryptionTally(fleet: Fleet) {
  const { derivedReadinessStateKey, encryptionStateKey } = deviceEncryptionStateStream.sources;
  const combinations = makeStringPool();
  /** By the index of the device: the number of its combination plus one. */
  const combinationOf = makeInt32List();
  const devicesOf = makeInt32List();
  return {
    has: ({ index }: KnownDevice): boolean => combinationOf.at(index) > 0,
    add(records: readonly EncryptionRecord[]): void {
      for (const record of records) {
        const keys = [record.deviceTypeKey, derivedReadinessStateKey(record), encryptionStateKey(record)];
        const [device, combination] = [fleet.indexOf(record.deviceId), combinations.add(keys.join())];
        const before = combinationOf.at(device) - 1;
        if (before >= 0) devicesOf.set(before, devicesOf.at(before) - 1);
        devicesOf.set(combination, devicesOf.at(combination) + 1);
        combinationOf.set(device, combination + 1);
      }
    },
    counts(): readonly EncryptionCount[] {
      return Array.from({ length: combinations.count }, (_, combination) => {
        const [deviceTypeKey = 0, readinessKey = 0, stateKey = 0] = combinations
          .at(combination)
          .split(',')
          .map(Number);
        return { deviceTypeKey, readinessKey, stateKey, devices: devicesOf.at(combination) };
      }).filter(({ devices }) => devices > 0);
    },
  };
}
