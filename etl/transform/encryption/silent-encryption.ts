// Whether BitLocker could be enabled silently, without asking the person at the device: the rules as a table.
import { WINDOWS_BUILD, windowsBuildOf } from './os-version.ts';

export type SignedInAs = 'admin' | 'standardUser';

/** How a policy may have configured a way to unlock the drive at start-up. */
export type StartupUsage = 'blocked' | 'required' | 'allowed' | 'notConfigured';

/** What a device configuration profile of the Endpoint protection template says about BitLocker. */
export interface BitLockerProfile {
  /** True: the warning about other disk encryption is blocked. */
  readonly disablesWarning: boolean | null;
  readonly allowsStandardUsers: boolean | null;
  readonly tpm: StartupUsage;
  readonly tpmPin: StartupUsage;
  readonly tpmKey: StartupUsage;
  readonly tpmPinAndKey: StartupUsage;
}

export interface SilentEncryptionFacts {
  readonly osVersion: string | null;
  /** Graph's `joinType`; null when not reported. */
  readonly joinType: string | null;
  /** `2.0`, or `2.0, 0, 1.16`; null when not reported. */
  readonly tpmSpecificationVersion: string | null;
  /** The device reports that it has no TPM. */
  readonly reportsNoTpm: boolean;
  /** `Enabled`, ignoring case, proves native UEFI. Nothing disproves it: UEFI may run with Secure Boot off. */
  readonly secureBoot: string | null;
  /** How many BitLocker keys the directory holds for the device; null when they may not be counted. */
  readonly recoveryKeys: number | null;
  /** Of the profiles that apply to the device; null when one of them could not be read. */
  readonly profiles: readonly BitLockerProfile[] | null;
}

interface Rule {
  readonly name: string;
  /** True: met. False: not met. Null: unknown. */
  readonly met: (facts: SilentEncryptionFacts, signedInAs: SignedInAs) => boolean | null;
}

/** Entra's limit for one device; encryption does not start when there is no room for another key. */
const MAX_RECOVERY_KEYS = 200;

const ENTRA_JOIN_TYPES: ReadonlySet<string> = new Set(['azureADJoined', 'hybridAzureADJoined']);

const FIRST_BUILD = {
  admin: WINDOWS_BUILD.silentForAdmins,
  standardUser: WINDOWS_BUILD.silentForStandardUsers,
} as const satisfies Record<SignedInAs, number>;

/** In the order in which an admin would check them: the device first, then its policy. */
const SILENT_ENCRYPTION_RULES = [
  {
    name: 'windowsVersion',
    met: ({ osVersion }, signedInAs) => {
      const build = windowsBuildOf(osVersion);
      return build === null ? null : build >= FIRST_BUILD[signedInAs];
    },
  },
  {
    name: 'entraJoined',
    met: ({ joinType }) =>
      joinType === null || joinType === 'unknown' ? null : ENTRA_JOIN_TYPES.has(joinType),
  },
  {
    name: 'tpm12',
    met: ({ tpmSpecificationVersion, reportsNoTpm: findsNoTpm }) =>
      isTpmFrom12(tpmSpecificationVersion) ?? (findsNoTpm ? false : null),
  },
  { name: 'nativeUefi', met: ({ secureBoot }) => (secureBoot?.toLowerCase() === 'enabled' ? true : null) },
  {
    // Most tenants do not let the app count keys, so an unknown count does not make the result unknown.
    name: 'roomForRecoveryKey',
    met: ({ recoveryKeys }) => recoveryKeys === null || recoveryKeys < MAX_RECOVERY_KEYS,
  },
  {
    name: 'endpointProtectionProfile',
    met: ({ profiles }) => (profiles === null ? null : profiles.length > 0),
  },
  { name: 'warningBlocked', met: anyProfile((profile) => profile.disablesWarning === true) },
  { name: 'standardUsersAllowed', met: anyProfile((profile) => profile.allowsStandardUsers === true) },
  { name: 'tpmStartupAllowed', met: anyProfile(({ tpm }) => tpm === 'allowed' || tpm === 'required') },
  { name: 'startupPinNotRequired', met: everyProfile(({ tpmPin }) => tpmPin !== 'required') },
  { name: 'startupKeyNotRequired', met: everyProfile(({ tpmKey }) => tpmKey !== 'required') },
  {
    name: 'startupPinAndKeyNotRequired',
    met: everyProfile(({ tpmPinAndKey }) => tpmPinAndKey !== 'required'),
  },
] as const satisfies readonly Rule[];

export type SilentEncryptionRule = (typeof SILENT_ENCRYPTION_RULES)[number]['name'];

export interface Eligibility {
  /** Null only when no rule fails and one is unknown. */
  readonly eligible: boolean | null;
  readonly firstFailed: SilentEncryptionRule | null;
}

export function silentEncryptionEligibility(
  facts: SilentEncryptionFacts,
  signedInAs: SignedInAs,
): Eligibility {
  const ruleResults = SILENT_ENCRYPTION_RULES.map(({ name, met }) => ({ name, met: met(facts, signedInAs) }));
  const failed = ruleResults.find(({ met }) => met === false);
  if (failed) return { eligible: false, firstFailed: failed.name };
  return { eligible: ruleResults.every(({ met }) => met === true) ? true : null, firstFailed: null };
}

// Settings of several profiles add up on the device: one may grant what another leaves open, but each may forbid.
function anyProfile(grants: (profile: BitLockerProfile) => boolean): Rule['met'] {
  return ({ profiles }) => profiles?.some(grants) ?? null;
}

function everyProfile(permits: (profile: BitLockerProfile) => boolean): Rule['met'] {
  return ({ profiles }) => profiles?.every(permits) ?? null;
}

function isTpmFrom12(version: string | null): boolean | null {
  const parts = /^\s*(\d+)(?:\.(\d+))?/.exec(version ?? '');
  if (!parts) return null;
  const [major, minor] = [Number(parts[1]), Number(parts[2] ?? 0)];
  return major > 1 || (major === 1 && minor >= 2);
}
