// The documented rules of encryption, row by row: readiness, silent enablement, reasons, and the summary of profiles.
import { describe, expect, test } from '@jest/globals';
import { STATUS_DETAILS } from '../../etl/streams/encryption.ts';
import {
  encryptionReadiness,
  type Readiness,
  type ReadinessFacts,
} from '../../etl/transform/encryption/encryption-readiness.ts';
import { catalogSettings } from '../../etl/transform/encryption/catalog-settings.ts';
import {
  bitLockerProfileOf,
  encryptionSettings,
} from '../../etl/transform/encryption/encryption-settings.ts';
import {
  encryptingPlatformOf,
  isMacFrom,
  windowsBuildOf,
} from '../../etl/transform/encryption/os-version.ts';
import { leastFavourableState } from '../../etl/transform/encryption/least-favourable-state.ts';
import {
  silentEncryptionEligibility,
  type BitLockerProfile,
  type SilentEncryptionFacts,
} from '../../etl/transform/encryption/silent-encryption.ts';
import { statusFlags, reportsDetails } from '../../etl/transform/encryption/status-details.ts';
import { windowsEditionOf } from '../../etl/transform/encryption/windows-edition.ts';

describe('what a version says', () => {
  test.each([
    ['10.0.26100.4349', 26100],
    ['10.0.17763', 17763],
    ['6.3.9600.0', 9600],
    ['10.0', null],
    ['', null],
    [null, null],
  ])('%j is Windows build %j', (osVersion, build) => {
    expect(windowsBuildOf(osVersion)).toBe(build);
  });

  test.each([
    ['10.12.6', false],
    ['10.13', true],
    ['10.15.7 (19H15)', true],
    ['15.5 (24F74)', true],
    ['26', true],
    ['Sequoia', null],
    [null, null],
  ])('that %j is macOS from 10.13 on is %j', (osVersion, is) => {
    expect(isMacFrom(osVersion, 10, 13)).toBe(is);
  });

  test.each([
    ['Windows', 'windows'],
    ['Windows 10', 'windows'],
    ['macOS', 'macOS'],
    ['Mac OS X', 'macOS'],
    ['Windows Phone', null],
    ['iOS', null],
    ['Linux', null],
    [null, null],
  ])('%j has the encryption of %j', (operatingSystem, platform) => {
    expect(encryptingPlatformOf(operatingSystem)).toBe(platform);
  });

  test.each([
    ['Enterprise', 4, 'enterprise'],
    [null, 48, 'pro'],
    ['EDUCATION', 0, 'education'],
    ['Pro Education', 0, 'pro'],
    ['Professional', 0, 'pro'],
    ['Business', 0, 'business'],
    ['Core', 101, 'other'],
    [null, 101, 'other'],
    [null, 0, null],
  ])('family %j and number %j are the edition %j', (family, number, edition) => {
    expect(windowsEditionOf(family, number)).toBe(edition);
  });
});

describe('readiness', () => {
  const windows = (osVersion: string | null, facts: Partial<ReadinessFacts> = {}): ReadinessFacts => ({
    platform: 'windows',
    osVersion,
    edition: 'enterprise',
    hasTpm: true,
    ...facts,
  });
  const mac = (osVersion: string | null): ReadinessFacts => ({
    platform: 'macOS',
    osVersion,
    edition: null,
    hasTpm: null,
  });

  test.each<[string, ReadinessFacts, Readiness]>([
    ['Enterprise 1709', windows('10.0.16299.15'), 'ready'],
    ['Business 1709', windows('10.0.16299.15', { edition: 'business' }), 'ready'],
    ['Education 1703', windows('10.0.15063.0', { edition: 'education' }), 'notReady'],
    ['Pro 1803', windows('10.0.17134.1', { edition: 'pro' }), 'notReady'],
    ['Pro 1809', windows('10.0.17763.1', { edition: 'pro' }), 'ready'],
    ['Windows 11 Pro', windows('10.0.22631.1', { edition: 'pro' }), 'ready'],
    ['Home', windows('10.0.22631.1', { edition: 'other' }), 'notReady'],
    ['Enterprise without a TPM', windows('10.0.22631.1', { hasTpm: false }), 'notReady'],
    ['Enterprise of which nothing was reported', windows('10.0.22631.1', { hasTpm: null }), 'notApplicable'],
    ['an unknown edition', windows('10.0.22631.1', { edition: null }), 'notApplicable'],
    ['an unknown edition of a build too old for all', windows('10.0.15063.0', { edition: null }), 'notReady'],
    ['1511, out of the report', windows('10.0.10586.0'), 'notApplicable'],
    ['Windows without a version', windows(null), 'notApplicable'],
    ['macOS 10.13', mac('10.13'), 'ready'],
    ['macOS 10.12', mac('10.12.6'), 'notApplicable'],
    ['macOS without a version', mac(null), 'notApplicable'],
    ['a phone', { ...mac('18.5'), platform: null }, 'notApplicable'],
  ])('of %s', (_, facts, readiness) => {
    expect(encryptionReadiness(facts)).toBe(readiness);
  });
});

describe('silent encryption', () => {
  const profile: BitLockerProfile = {
    disablesWarning: true,
    allowsStandardUsers: true,
    tpm: 'required',
    tpmPin: 'blocked',
    tpmKey: 'allowed',
    tpmPinAndKey: 'notConfigured',
  };
  const eligible: SilentEncryptionFacts = {
    osVersion: '10.0.22631.2861',
    joinType: 'azureADJoined',
    tpmSpecificationVersion: '2.0, 0, 1.16',
    reportsNoTpm: false,
    secureBoot: 'Enabled',
    recoveryKeys: 3,
    profiles: [profile],
  };
  const withProfile = (change: Partial<BitLockerProfile>): Partial<SilentEncryptionFacts> => ({
    profiles: [{ ...profile, ...change }],
  });

  test.each<[string, Partial<SilentEncryptionFacts>, boolean | null, string | null]>([
    ['a device that meets every rule', {}, true, null],
    ['1803, where only administrators will do', { osVersion: '10.0.17134.1' }, true, null],
    ['1709', { osVersion: '10.0.16299.1' }, false, 'windowsVersion'],
    ['no version', { osVersion: null }, null, null],
    ['hybrid join', { joinType: 'hybridAzureADJoined' }, true, null],
    ['mere registration', { joinType: 'azureADRegistered' }, false, 'entraJoined'],
    ['an unknown join', { joinType: 'unknown' }, null, null],
    ['TPM 1.2', { tpmSpecificationVersion: '1.2' }, true, null],
    ['TPM 1.1', { tpmSpecificationVersion: '1.1' }, false, 'tpm12'],
    ['a TPM not reported', { tpmSpecificationVersion: null }, null, null],
    ['a TPM not found', { tpmSpecificationVersion: null, reportsNoTpm: true }, false, 'tpm12'],
    // Made unavailable to the system, or the system lies on a stick: the chip itself is there.
    ['a TPM reported, though not found', { reportsNoTpm: true }, true, null],
    ['secure boot not reported', { secureBoot: null }, null, null],
    ['secure boot on, in small letters', { secureBoot: 'enabled' }, true, null],
    ['secure boot off, which proves no BIOS', { secureBoot: 'Disabled' }, null, null],
    ['secure boot without a word', { secureBoot: '' }, null, null],
    ['secure boot in a word nobody knows', { secureBoot: 'NotApplicable' }, null, null],
    ['the 200th key', { recoveryKeys: 200 }, false, 'roomForRecoveryKey'],
    ['keys that may not be counted', { recoveryKeys: null }, true, null],
    ['no profile', { profiles: [] }, false, 'endpointProtectionProfile'],
    ['profiles that could not be read', { profiles: null }, null, null],
    ['the warning not blocked', withProfile({ disablesWarning: false }), false, 'warningBlocked'],
    ['standard users not allowed', withProfile({ allowsStandardUsers: null }), false, 'standardUsersAllowed'],
    ['start-up by TPM blocked', withProfile({ tpm: 'blocked' }), false, 'tpmStartupAllowed'],
    ['start-up by TPM left open', withProfile({ tpm: 'notConfigured' }), false, 'tpmStartupAllowed'],
    ['a PIN required', withProfile({ tpmPin: 'required' }), false, 'startupPinNotRequired'],
    ['a key required', withProfile({ tpmKey: 'required' }), false, 'startupKeyNotRequired'],
    ['both required', withProfile({ tpmPinAndKey: 'required' }), false, 'startupPinAndKeyNotRequired'],
    [
      'a second profile that grants',
      { profiles: [{ ...profile, disablesWarning: null }, profile] },
      true,
      null,
    ],
    [
      'a second profile that forbids',
      { profiles: [profile, { ...profile, tpmPin: 'required' }] },
      false,
      'startupPinNotRequired',
    ],
    // A failed rule decides, whatever else is not known.
    ['unknown and failed', { osVersion: null, joinType: 'azureADRegistered' }, false, 'entraJoined'],
  ])('%s', (_, facts, expected, firstFailed) => {
    const eligibility = silentEncryptionEligibility({ ...eligible, ...facts }, 'admin');
    expect(eligibility).toEqual({ eligible: expected, firstFailed });
  });

  test('standard users need Windows 1809', () => {
    const at = (osVersion: string) =>
      silentEncryptionEligibility({ ...eligible, osVersion }, 'standardUser').eligible;
    expect([at('10.0.17134.1'), at('10.0.17763.1')]).toEqual([false, true]);
  });
});

describe('status details', () => {
  const of = (value: unknown, platform: 'windows' | 'macOS' = 'windows') =>
    statusFlags(value, platform, STATUS_DETAILS);

  test.each<[unknown, string | null, number | null, readonly number[]]>([
    ['osVolumeUnprotected,tpmNotReady', 'osVolumeUnprotected,tpmNotReady', 16386, [8, 15]],
    ['networkError , noUserConsent', 'networkError,noUserConsent', 32769, [1, 16]],
    ['success', 'success', 0, []],
    ['', null, null, []],
    [null, null, null, []],
    [undefined, null, null, []],
    [0, 'success', 0, []],
    [2 | 256, 'osVolumeUnprotected,recoveryKeyBackupFailed', 258, [8, 9]],
    ['2', 'osVolumeUnprotected', 2, [8]],
    [['tpmNotReady', 'tpmNotReady'], 'tpmNotReady', 16384, [15]],
    ['tpmNotReady,tpmOnHoliday,tpmMelted', 'tpmNotReady,tpmOnHoliday,tpmMelted', 16384, [-1, 15]],
    // A flag of the other platform is unknown here.
    ['escrowNotEnabled', 'escrowNotEnabled', 0, [-1]],
  ])('%j on Windows', (value, text, mask, detailKeys) => {
    expect(of(value)).toEqual({ text, mask, detailKeys });
  });

  test('FileVault has flags of its own', () => {
    expect(of('userDeferredEncryption,escrowNotEnabled', 'macOS')).toMatchObject({
      mask: 6,
      detailKeys: [101, 102],
    });
  });

  test.each([
    ['windows', '10.0.17763.1', false],
    ['windows', '10.0.18362.1', true],
    ['windows', null, false],
    ['macOS', '10.13', true],
  ] as const)('%s %s reports its reasons: %j', (platform, osVersion, reports) => {
    expect(reportsDetails(platform, osVersion)).toBe(reports);
  });
});

test.each([
  [['compliant', 'error', 'conflict'], 'error'],
  [['compliant', 'conflict', 'nonCompliant'], 'conflict'],
  [['compliant', 'nonCompliant', 'unknown'], 'nonCompliant'],
  [['remediated', 'compliant'], 'remediated'],
  [['notApplicable', 'compliant'], 'compliant'],
  [['notAssigned', 'notApplicable'], 'notApplicable'],
  [['compliant', 'quarantined'], 'unknown'],
  [['notAssigned'], 'notAssigned'],
  [[], null],
])('the least favourable of %j is %j', (states, worst) => {
  expect(leastFavourableState(states)).toBe(worst);
});

describe('the settings of a settings catalog policy', () => {
  const choice = (name: string, value: string, ...children: readonly unknown[]) => ({
    settingDefinitionId: name,
    choiceSettingValue: { value: `${name}_${value}`, children },
  });
  const encrypts = 'device_vendor_msft_bitlocker_requiredeviceencryption';
  const drive = 'device_vendor_msft_bitlocker_systemdrivesrequirestartupauthentication';
  const pin = `${drive}_minimumpinlength`;
  const of = (...instances: readonly object[]) =>
    catalogSettings(instances.map((settingInstance) => ({ settingInstance })));

  test.each([
    ['1', true],
    ['0', false],
  ])('that encryption is required, as %s, is satisfied: %s', (value, satisfied) => {
    expect(of(choice(encrypts, value))).toEqual([
      { name: encrypts, configured: value, required: '1', satisfied },
    ]);
  });

  test('are found below choices and in groups, numbers among them, and no rule asks for them', () => {
    const length = { settingDefinitionId: pin, simpleSettingValue: { value: 6 } };
    const group = {
      settingDefinitionId: 'device_vendor_msft_policy_config_group',
      groupSettingCollectionValue: [{ children: [choice(drive, '1', length)] }],
    };
    expect(of(group)).toEqual([
      { name: drive, configured: '1', required: null, satisfied: null },
      { name: pin, configured: '6', required: null, satisfied: null },
      { name: encrypts, configured: null, required: '1', satisfied: false },
    ]);
  });

  test('are none where nothing is about BitLocker', () => {
    expect(of(choice('device_vendor_msft_policy_config_browser_allowpopups', '0'))).toEqual([]);
    expect(catalogSettings([{}])).toEqual([]);
  });
});

describe('the settings of a profile', () => {
  const bitLocker = {
    '@odata.type': '#microsoft.graph.windows10EndpointProtectionConfiguration',
    bitLockerEncryptDevice: true,
    bitLockerDisableWarningForOtherDiskEncryption: false,
    bitLockerSystemDrivePolicy: {
      startupAuthenticationTpmUsage: 'allowed',
      startupAuthenticationTpmPinUsage: 'required',
    },
  };

  test.each([
    ['bitLockerEncryptDevice', 'true', true],
    ['bitLockerDisableWarningForOtherDiskEncryption', 'false', false],
    ['bitLockerAllowStandardUserEncryption', null, false],
    ['bitLockerSystemDrivePolicy.startupAuthenticationTpmUsage', 'allowed', true],
    ['bitLockerSystemDrivePolicy.startupAuthenticationTpmPinUsage', 'required', false],
    ['bitLockerSystemDrivePolicy.startupAuthenticationTpmKeyUsage', null, true],
  ])('%s, configured as %j', (name, configured, satisfied) => {
    const setting = encryptionSettings(bitLocker).find((each) => each.name === name);
    expect(setting).toMatchObject({ configured, satisfied });
  });

  test('only the Endpoint protection template decides about silent encryption', () => {
    expect(bitLockerProfileOf(bitLocker)).toMatchObject({ tpm: 'allowed', tpmKey: 'notConfigured' });
    expect(bitLockerProfileOf({ templateReference: {} })).toBeNull();
    expect(encryptionSettings({ '@odata.type': '#microsoft.graph.iosCompliancePolicy' })).toEqual([]);
  });
});
