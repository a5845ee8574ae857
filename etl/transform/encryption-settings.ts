// The BitLocker and FileVault settings of a profile, as configured beside what the encryption rules want of them.
import { textOf, truthOf } from './sentinels.ts';
import type { BitLockerProfile, StartupUsage } from './silent-encryption.ts';

export interface EncryptionSetting {
  /** As Graph calls it; parts of a group after a dot. */
  readonly name: string;
  readonly configured: string | null;
  /** Null, as `satisfied`, where no rule asks. */
  readonly required: string | null;
  readonly satisfied: boolean | null;
}

interface Wanted {
  readonly name: string;
  /** One value, several joined by "or", or "not" and a value. */
  readonly required: string;
}

const DRIVE = 'bitLockerSystemDrivePolicy';

const WANTED: Readonly<Record<string, readonly Wanted[]>> = {
  '#microsoft.graph.windows10EndpointProtectionConfiguration': [
    { name: 'bitLockerEncryptDevice', required: 'true' },
    { name: 'bitLockerDisableWarningForOtherDiskEncryption', required: 'true' },
    { name: 'bitLockerAllowStandardUserEncryption', required: 'true' },
    { name: `${DRIVE}.startupAuthenticationTpmUsage`, required: 'allowed or required' },
    { name: `${DRIVE}.startupAuthenticationTpmPinUsage`, required: 'not required' },
    { name: `${DRIVE}.startupAuthenticationTpmKeyUsage`, required: 'not required' },
    { name: `${DRIVE}.startupAuthenticationTpmPinAndKeyUsage`, required: 'not required' },
    {
      name: 'bitLockerRecoveryPasswordRotation',
      required: 'enabledForAzureAd or enabledForAzureAdAndHybrid',
    },
    { name: `${DRIVE}.recoveryOptions.enableRecoveryInformationSaveToStore`, required: 'true' },
    { name: `${DRIVE}.recoveryOptions.enableBitLockerAfterRecoveryInformationToStore`, required: 'true' },
  ],
  '#microsoft.graph.macOSEndpointProtectionConfiguration': [{ name: 'fileVaultEnabled', required: 'true' }],
};

/** `profile` is the device configuration as Graph lists it; empty for kinds that do not encrypt. */
export function encryptionSettings(profile: object): readonly EncryptionSetting[] {
  const wanted = WANTED[textOf(at(profile, '@odata.type')) ?? ''] ?? [];
  return wanted.map(({ name, required }) => {
    const configured = wordOf(name.split('.').reduce(at, profile));
    return { name, required, configured, satisfied: satisfies(configured, required) };
  });
}

/** What decides about silent encryption; null for a profile that is not of the Endpoint protection template. */
export function bitLockerProfileOf(profile: object): BitLockerProfile | null {
  if (at(profile, '@odata.type') !== '#microsoft.graph.windows10EndpointProtectionConfiguration') return null;
  const drive = at(profile, DRIVE);
  return {
    disablesWarning: truthOf(at(profile, 'bitLockerDisableWarningForOtherDiskEncryption')),
    allowsStandardUsers: truthOf(at(profile, 'bitLockerAllowStandardUserEncryption')),
    tpm: usageOf(at(drive, 'startupAuthenticationTpmUsage')),
    tpmPin: usageOf(at(drive, 'startupAuthenticationTpmPinUsage')),
    tpmKey: usageOf(at(drive, 'startupAuthenticationTpmKeyUsage')),
    tpmPinAndKey: usageOf(at(drive, 'startupAuthenticationTpmPinAndKeyUsage')),
  };
}

function satisfies(configured: string | null, required: string): boolean {
  const forbidden = /^not (.+)$/.exec(required)?.[1];
  return forbidden === undefined
    ? required.split(' or ').some((allowed) => allowed === configured)
    : configured !== forbidden;
}

function usageOf(value: unknown): StartupUsage {
  return value === 'blocked' || value === 'required' || value === 'allowed' ? value : 'notConfigured';
}

function wordOf(value: unknown): string | null {
  return typeof value === 'boolean' ? String(value) : textOf(value);
}

function at(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
