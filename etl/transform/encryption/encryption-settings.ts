// The BitLocker and FileVault settings of a profile: the configured value and the one that the encryption rules require.
import { booleanOf, propertyOf, textOf } from '../graph-values.ts';
import type { BitLockerProfile, StartupUsage } from './silent-encryption.ts';

export interface EncryptionSetting {
  /** Graph's name; members of a group follow a dot. */
  readonly name: string;
  readonly configured: string | null;
  /** Null, like `satisfied`, when no rule requires a value. */
  readonly required: string | null;
  readonly satisfied: boolean | null;
}

interface RequiredSetting {
  readonly name: string;
  /** One value, several joined by "or", or "not" and a value. */
  readonly required: string;
}

const DRIVE = 'bitLockerSystemDrivePolicy';

const REQUIRED_SETTINGS: Readonly<Record<string, readonly RequiredSetting[]>> = {
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
  const requiredSettings = REQUIRED_SETTINGS[textOf(propertyOf(profile, '@odata.type')) ?? ''] ?? [];
  return requiredSettings.map(({ name, required }) => {
    const configured = settingText(name.split('.').reduce(propertyOf, profile));
    return { name, required, configured, satisfied: satisfies(configured, required) };
  });
}

/** The settings that silent encryption depends on; null for a profile that is not of the Endpoint protection template. */
export function bitLockerProfileOf(profile: object): BitLockerProfile | null {
  if (propertyOf(profile, '@odata.type') !== '#microsoft.graph.windows10EndpointProtectionConfiguration')
    return null;
  const drive = propertyOf(profile, DRIVE);
  return {
    disablesWarning: booleanOf(propertyOf(profile, 'bitLockerDisableWarningForOtherDiskEncryption')),
    allowsStandardUsers: booleanOf(propertyOf(profile, 'bitLockerAllowStandardUserEncryption')),
    tpm: usageOf(propertyOf(drive, 'startupAuthenticationTpmUsage')),
    tpmPin: usageOf(propertyOf(drive, 'startupAuthenticationTpmPinUsage')),
    tpmKey: usageOf(propertyOf(drive, 'startupAuthenticationTpmKeyUsage')),
    tpmPinAndKey: usageOf(propertyOf(drive, 'startupAuthenticationTpmPinAndKeyUsage')),
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

function settingText(value: unknown): string | null {
  return typeof value === 'boolean' ? String(value) : textOf(value);
}
