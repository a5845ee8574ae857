// Combines what one device, its row of the encryption report and its profiles say about encryption.
import {
  type EncryptionRecord,
  type GraphEncryptionState,
  MAC_WITHOUT_REASON_KEY,
  STATUS_DETAILS,
} from '../../streams/encryption.ts';
import { encryptionReadiness } from '../../transform/encryption/encryption-readiness.ts';
import type { KeyOf } from '../../transform/lookups.ts';
import { leastFavourableState } from '../../transform/encryption/least-favourable-state.ts';
import { textOf } from '../../transform/graph-values.ts';
import {
  silentEncryptionEligibility,
  type BitLockerProfile,
  type Eligibility,
  type SignedInAs,
} from '../../transform/encryption/silent-encryption.ts';
import { statusFlags, reportsDetails, type StatusFlags } from '../../transform/encryption/status-details.ts';
import type { KnownDevice } from '../memory/fleet.ts';
import type { RecoveryKeyCounts } from './harvest-recovery-keys.ts';

export interface EncryptionSources {
  readonly keyOf: KeyOf;
  /** By policy id, for all policies that were read; null for those that are not BitLocker profiles. */
  readonly bitLockerProfiles: ReadonlyMap<string, BitLockerProfile | null>;
  readonly recoveryKeys: RecoveryKeyCounts | null;
}

/** `reported` is null when the report has no row for the device: then its state is unknown, not "not encrypted". */
export function encryptionRecord(
  device: KnownDevice,
  reported: GraphEncryptionState | null,
  { keyOf, bitLockerProfiles, recoveryKeys }: EncryptionSources,
): EncryptionRecord {
  const { deviceId, platform, osVersion } = device;
  const tpmSpecificationVersion = textOf(reported?.tpmSpecificationVersion);
  const policyState = textOf(reported?.encryptionPolicySettingState);
  const bitLocker = flagsOf(reported?.advancedBitLockerStates, 'windows', device);
  const fileVault = flagsOf(reported?.fileVaultStates, 'macOS', device);
  const bitLockerKeys = platform === 'windows' ? bitLockerKeyCount(device, recoveryKeys) : null;
  const facts = {
    osVersion,
    joinType: device.joinType,
    tpmSpecificationVersion,
    reportsNoTpm: reportsNoTpm(device, bitLocker),
    secureBoot: device.secureBoot,
    recoveryKeys: bitLockerKeys,
    profiles: profilesOf(reported, bitLockerProfiles),
  };
  const eligibility = (as: SignedInAs): Eligibility =>
    platform === 'windows' ? silentEncryptionEligibility(facts, as) : { eligible: null, firstFailed: null };
  return {
    deviceId,
    deviceTypeKey: device.deviceTypeKey,
    keyOf,
    reported,
    readiness: encryptionReadiness({
      platform,
      osVersion,
      edition: device.edition,
      hasTpm: reported && tpmSpecificationVersion !== null,
    }),
    profileSummary: leastFavourableState(policyState === null ? [] : [policyState]),
    bitLocker,
    fileVault,
    detailKeys: detailKeysOf(device, reported, platform === 'windows' ? bitLocker : fileVault),
    bitLockerKeys,
    fileVaultKeys: fileVaultKeyCount(fileVault, isEncrypted(reported)),
    asAdmin: eligibility('admin'),
    asStandardUser: eligibility('standardUser'),
  };
}

/** Ids of the policies that the report names for the device. */
export function policyIdsOf(reported: GraphEncryptionState | null): readonly string[] {
  if (!Array.isArray(reported?.policyDetails)) return [];
  const details: readonly ({ readonly policyId?: unknown } | null)[] = reported.policyDetails;
  return details.flatMap((detail) => textOf(detail?.policyId) ?? []);
}

/** Empty when the system is too old to report details, or there is no report. */
function detailKeysOf(
  { platform, osVersion }: KnownDevice,
  reported: GraphEncryptionState | null,
  { detailKeys }: StatusFlags,
): readonly number[] {
  if (platform === null || reported === null || !reportsDetails(platform, osVersion)) return [];
  // The exported report lacks FileVault, which says nothing about the Mac.
  const hasFileVaultData = platform === 'macOS' && reported.fileVaultStates !== undefined;
  const isSilentMac = hasFileVaultData && detailKeys.length === 0 && !isEncrypted(reported);
  return isSilentMac ? [MAC_WITHOUT_REASON_KEY] : detailKeys;
}

function reportsNoTpm({ osVersion }: KnownDevice, { text }: StatusFlags): boolean {
  return reportsDetails('windows', osVersion) && (text?.split(',').includes('tpmNotAvailable') ?? false);
}

const NO_FLAGS: StatusFlags = { text: null, mask: null, detailKeys: [] };

function flagsOf(value: unknown, of: 'windows' | 'macOS', { platform }: KnownDevice): StatusFlags {
  return platform === of ? statusFlags(value, of, STATUS_DETAILS) : NO_FLAGS;
}

function isEncrypted(reported: GraphEncryptionState | null): boolean {
  return reported?.encryptionState === 'encrypted';
}

function bitLockerKeyCount({ entraId }: KnownDevice, recoveryKeys: RecoveryKeyCounts | null): number | null {
  return recoveryKeys === null || entraId === null ? null : recoveryKeys.countOf(entraId);
}

/** Every flag of a Mac means that Intune holds no key. Without flags, Intune holds the key of an encrypted Mac. */
function fileVaultKeyCount({ mask }: StatusFlags, encrypted: boolean): number | null {
  if (mask === null) return null;
  return mask === 0 && encrypted ? 1 : 0;
}

function profilesOf(
  reported: GraphEncryptionState | null,
  known: ReadonlyMap<string, BitLockerProfile | null>,
): readonly BitLockerProfile[] | null {
  if (reported === null) return null;
  const profiles = policyIdsOf(reported).map((id) => known.get(id));
  if (profiles.includes(undefined)) return null;
  return profiles.filter((profile) => profile !== null && profile !== undefined);
}
