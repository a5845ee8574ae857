// Where encryption states come from: Intune's encryption report, the devices in it, and their profiles.
import {
  deviceEncryptionPolicies,
  deviceEncryptionStates,
  deviceEncryptionStatusDetails,
  encryptionActivities,
  encryptionPolicySettings,
} from '../../schema/subjects/encryption.ts';
import {
  encryptionPolicySettingStates,
  encryptionReadinessStates,
  encryptionStates,
  encryptionStatusDetails,
} from '../../schema/subjects/encryption-lookups.ts';
import type { ExportReport, ExportRow } from '../graph/export/export-job.ts';
import type { Resource } from '../graph/read-pages.ts';
import { streamOf } from '../stream.ts';
import type { EncryptionSetting } from '../transform/encryption/encryption-settings.ts';
import type { Readiness } from '../transform/encryption/encryption-readiness.ts';
import type { KeyOf, Lookup } from '../transform/lookups.ts';
import type { EncryptingPlatform } from '../transform/encryption/os-version.ts';
import type { ProfileState } from '../transform/encryption/least-favourable-state.ts';
import { idOf, textOf } from '../transform/graph-values.ts';
import type { Eligibility } from '../transform/encryption/silent-encryption.ts';
import type { StatusDetail, StatusFlags } from '../transform/encryption/status-details.ts';

/** Beta only. Filters are ignored and rows may be missing, so all of it is read and a missing row means "unknown". */
export const ENCRYPTION_STATES = '/beta/deviceManagement/managedDeviceEncryptionStates';

export type GraphEncryptionState = Resource<
  | 'tpmSpecificationVersion'
  | 'encryptionReadinessState'
  | 'encryptionState'
  | 'encryptionPolicySettingState'
  | 'advancedBitLockerStates'
  | 'fileVaultStates'
  | 'policyDetails'
>;

/** The export of the encryption report, which lacks FileVault. */
export const ENCRYPTION_REPORT: ExportReport<EncryptionReportColumn> = {
  name: 'DeviceEncryption',
  select: [
    'DeviceId',
    'TpmSpecificationVersion',
    'EncryptionReadinessState',
    'EncryptionStatus',
    'SettingStateSummary',
    'AdvancedBitlockerState',
    'PolicyDetails',
  ],
  requiredColumn: 'DeviceId',
};

type EncryptionReportColumn =
  | 'DeviceId'
  | 'TpmSpecificationVersion'
  | 'EncryptionReadinessState'
  | 'EncryptionStatus'
  | 'SettingStateSummary'
  | 'AdvancedBitlockerState'
  | 'PolicyDetails';

const GUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

// In the order of their numbers, which start at 0.
const READINESS_MEMBERS = ['notReady', 'ready'];
const STATE_MEMBERS = ['notEncrypted', 'encrypted'];
const POLICY_STATE_MEMBERS = [
  'unknown',
  'notApplicable',
  'compliant',
  'remediated',
  'nonCompliant',
  'error',
  'conflict',
  'notAssigned',
];

/** The report writes an enum as a number or as localized text; the list has the member. */
function memberOf(cell: string | null, members: readonly string[]): string | null {
  const normalized = textOf(cell)?.replaceAll(/\s/g, '').toLowerCase();
  if (normalized === undefined) return null;
  return members[Number(normalized)] ?? members.find((member) => member.toLowerCase() === normalized) ?? cell;
}

/** A row of the export in the shape of the list; null for a row without a device. */
export function exportedEncryptionState(row: ExportRow<EncryptionReportColumn>): GraphEncryptionState | null {
  const id = idOf(row.DeviceId);
  if (id === null) return null;
  return {
    id,
    tpmSpecificationVersion: row.TpmSpecificationVersion,
    encryptionReadinessState: memberOf(row.EncryptionReadinessState, READINESS_MEMBERS),
    encryptionState: memberOf(row.EncryptionStatus, STATE_MEMBERS),
    encryptionPolicySettingState: memberOf(row.SettingStateSummary, POLICY_STATE_MEMBERS),
    advancedBitLockerStates: row.AdvancedBitlockerState,
    policyDetails: [...(row.PolicyDetails ?? '').matchAll(GUID)].map(([policyId]) => ({
      policyId: policyId.toLowerCase(),
    })),
  };
}

/** Lists which keys exist. The keys themselves are never read, which would be logged in the tenant's audit log. */
export const RECOVERY_KEYS = '/v1.0/informationProtection/bitlocker/recoveryKeys';

/** `deviceId` is the device's id in Entra. */
export type GraphRecoveryKey = Resource<'deviceId'>;

const READINESS: Lookup = {
  entity: encryptionReadinessStates,
  properties: {
    id: 'encryptionReadinessStateID',
    key: 'encryptionReadinessStateKey',
    name: 'encryptionReadinessStateName',
  },
};

const STATE: Lookup = {
  entity: encryptionStates,
  properties: { id: 'encryptionStateID', key: 'encryptionStateKey', name: 'encryptionStateName' },
};

const POLICY_STATE: Lookup = {
  entity: encryptionPolicySettingStates,
  properties: {
    id: 'encryptionPolicySettingStateID',
    key: 'encryptionPolicySettingStateKey',
    name: 'encryptionPolicySettingStateName',
  },
};

const PLATFORM_OF_NAME: Readonly<Record<string, EncryptingPlatform>> = { Windows: 'windows', macOS: 'macOS' };

/** The reasons that the warehouse can name. */
export const STATUS_DETAILS: readonly StatusDetail[] = (encryptionStatusDetails.rows ?? []).flatMap((row) => {
  const platform = PLATFORM_OF_NAME[String(row.platform)];
  const flagName = row.flagName === null ? null : String(row.flagName);
  const bit = row.bit === null ? null : Number(row.bit);
  return platform ? [{ key: Number(row.encryptionStatusDetailKey), platform, flagName, bit }] : [];
});

/** For a Mac that is not encrypted and reports no reason. */
export const MAC_WITHOUT_REASON_KEY = 105;

/** What one run knows about the encryption of a device. */
export interface EncryptionRecord {
  readonly deviceId: string;
  readonly deviceTypeKey: number;
  readonly keyOf: KeyOf;
  /** The row of the report; null when it has none for the device. */
  readonly reported: GraphEncryptionState | null;
  readonly readiness: Readiness;
  readonly profileSummary: ProfileState | null;
  readonly bitLocker: StatusFlags;
  readonly fileVault: StatusFlags;
  /** Keys of the reasons to show for the device. */
  readonly detailKeys: readonly number[];
  readonly bitLockerKeys: number | null;
  readonly fileVaultKeys: number | null;
  readonly asAdmin: Eligibility;
  readonly asStandardUser: Eligibility;
}

export const deviceEncryptionStateStream = streamOf<EncryptionRecord>()(deviceEncryptionStates, {
  sources: {
    deviceKey: ({ deviceId }) => deviceId,
    encryptionReadinessStateKey: ({ keyOf, reported }) =>
      keyOf(READINESS, reported?.encryptionReadinessState),
    derivedReadinessStateKey: ({ keyOf, readiness }) => keyOf(READINESS, readiness),
    encryptionStateKey: ({ keyOf, reported }) => keyOf(STATE, reported?.encryptionState),
    encryptionPolicySettingStateKey: ({ keyOf, reported }) =>
      keyOf(POLICY_STATE, reported?.encryptionPolicySettingState),
    profileStateSummaryKey: ({ keyOf, profileSummary }) => keyOf(POLICY_STATE, profileSummary),
    tpmSpecificationVersion: ({ reported }) => textOf(reported?.tpmSpecificationVersion),
    advancedBitLockerStates: ({ bitLocker }) => bitLocker.text,
    advancedBitLockerStateMask: ({ bitLocker }) => bitLocker.mask,
    fileVaultStates: ({ fileVault }) => fileVault.text,
    fileVaultStateMask: ({ fileVault }) => fileVault.mask,
    bitLockerRecoveryKeyCount: ({ bitLockerKeys }) => bitLockerKeys,
    fileVaultRecoveryKeyCount: ({ fileVaultKeys }) => fileVaultKeys,
    silentEncryptionEligibleForAdmins: ({ asAdmin }) => asAdmin.eligible,
    silentEncryptionFailedRuleForAdmins: ({ asAdmin }) => asAdmin.firstFailed,
    silentEncryptionEligibleForStandardUsers: ({ asStandardUser }) => asStandardUser.eligible,
    silentEncryptionFailedRuleForStandardUsers: ({ asStandardUser }) => asStandardUser.firstFailed,
  },
});

export interface DeviceStatusDetail {
  readonly deviceId: string;
  readonly detailKey: number;
}

export const deviceEncryptionStatusDetailStream = streamOf<DeviceStatusDetail>()(
  deviceEncryptionStatusDetails,
  {
    sources: {
      deviceKey: ({ deviceId }) => deviceId,
      encryptionStatusDetailKey: ({ detailKey }) => detailKey,
    },
  },
);

export interface DeviceEncryptionPolicy {
  readonly deviceId: string;
  /** Of the current version. */
  readonly policyNaturalKey: string;
}

export const deviceEncryptionPolicyStream = streamOf<DeviceEncryptionPolicy>()(deviceEncryptionPolicies, {
  sources: {
    deviceKey: ({ deviceId }) => deviceId,
    policyKey: ({ policyNaturalKey }) => policyNaturalKey,
  },
});

export interface PolicySettingRecord extends EncryptionSetting {
  readonly policyNaturalKey: string;
}

export const encryptionPolicySettingStream = streamOf<PolicySettingRecord>()(encryptionPolicySettings, {
  sources: {
    policyKey: ({ policyNaturalKey }) => policyNaturalKey,
    settingName: ({ name }) => name,
    configuredValue: ({ configured }) => configured,
    requiredValue: ({ required }) => required,
    isSatisfied: ({ satisfied }) => satisfied,
  },
});

export interface EncryptionCount {
  readonly deviceTypeKey: number;
  readonly readinessKey: number;
  readonly stateKey: number;
  readonly devices: number;
}

export const encryptionActivityStream = streamOf<EncryptionCount>()(encryptionActivities, {
  sources: {
    deviceTypeKey: ({ deviceTypeKey }) => deviceTypeKey,
    encryptionReadinessStateKey: ({ readinessKey }) => readinessKey,
    encryptionStateKey: ({ stateKey }) => stateKey,
    deviceCount: ({ devices }) => devices,
  },
});
