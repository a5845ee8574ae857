// What the keys of the encryption facts mean, and what each status detail asks an admin to do.
import { entity, int32, int32OrNull, NOT_AVAILABLE_KEY, text, textOrNull } from '../entity.ts';
import { lookupRows } from './lookup-rows.ts';

export const encryptionStates = entity({
  name: 'encryptionStates',
  singular: 'encryptionState',
  lifetime: 'current',
  description: 'Whether the drive with the operating system is encrypted.',
  key: ['encryptionStateID'],
  properties: {
    encryptionStateID: int32(
      'Number of the encryption state in Microsoft Graph; -1 stands for not available.',
    ),
    encryptionStateKey: int32('Key that encryption facts refer to as encryptionStateKey.'),
    encryptionStateName: text('Encrypted, NotEncrypted or Not Available.'),
  },
  rows: lookupRows(
    { id: 'encryptionStateID', key: 'encryptionStateKey', name: 'encryptionStateName' },
    { 0: 'NotEncrypted', 1: 'Encrypted' },
  ),
});

export const encryptionReadinessStates = entity({
  name: 'encryptionReadinessStates',
  singular: 'encryptionReadinessState',
  lifetime: 'current',
  description:
    'Whether a device can be encrypted by policy. A device that is not ready may still be encrypted by hand.',
  key: ['encryptionReadinessStateID'],
  properties: {
    encryptionReadinessStateID: int32(
      'Number of the readiness in Microsoft Graph; -1 stands for not available and 100 is ours.',
    ),
    encryptionReadinessStateKey: int32(
      'Key that encryption facts refer to, for readiness both as reported and as derived.',
    ),
    encryptionReadinessStateName: text(
      'Ready, NotReady, NotApplicable where too little is known of the device to tell, or Not Available.',
    ),
  },
  rows: lookupRows(
    {
      id: 'encryptionReadinessStateID',
      key: 'encryptionReadinessStateKey',
      name: 'encryptionReadinessStateName',
    },
    { 0: 'NotReady', 1: 'Ready', 100: 'NotApplicable' },
  ),
});

export const encryptionPolicySettingStates = entity({
  name: 'encryptionPolicySettingStates',
  singular: 'encryptionPolicySettingState',
  lifetime: 'current',
  description: 'How the encryption settings of a policy fare on a device.',
  key: ['encryptionPolicySettingStateID'],
  properties: {
    encryptionPolicySettingStateID: int32(
      'Number of the policy state in Microsoft Graph; -1 stands for not available.',
    ),
    encryptionPolicySettingStateKey: int32(
      'Key that encryption facts refer to, for the state as reported and for the summary.',
    ),
    encryptionPolicySettingStateName: text('Name of the state, for example Compliant, Error or NotAssigned.'),
  },
  rows: lookupRows(
    {
      id: 'encryptionPolicySettingStateID',
      key: 'encryptionPolicySettingStateKey',
      name: 'encryptionPolicySettingStateName',
    },
    {
      0: 'Unknown',
      1: 'NotApplicable',
      2: 'Compliant',
      3: 'Remediated',
      4: 'NonCompliant',
      5: 'Error',
      6: 'Conflict',
      7: 'NotAssigned',
    },
  ),
});

const detailRow =
  (platform: string) =>
  (key: number, flagName: string | null, bit: number | null, description: string, whatToDo: string) => ({
    encryptionStatusDetailKey: key,
    platform,
    flagName,
    bit,
    description,
    whatToDo,
  });
const windows = detailRow('Windows');
const mac = detailRow('macOS');

export const encryptionStatusDetails = entity({
  name: 'encryptionStatusDetails',
  singular: 'encryptionStatusDetail',
  lifetime: 'current',
  description: 'Reasons why a device is not, or not rightly, encrypted, in plain words and with a way out.',
  key: ['encryptionStatusDetailKey'],
  properties: {
    encryptionStatusDetailKey: int32(
      'Key that deviceEncryptionStatusDetails refers to: 1 to 16 on Windows, from 101 on macOS, -1 for a detail without a name here.',
    ),
    platform: text('Windows or macOS; Not Available on row -1.'),
    flagName: textOrNull(
      'Name of the flag in Microsoft Graph; null for details that the warehouse concludes by itself.',
    ),
    bit: int32OrNull(
      'Value of the flag in advancedBitLockerStateMask or fileVaultStateMask, a power of two; null without a flag.',
    ),
    description: text('What is the matter, in one sentence for the person who reads the report.'),
    whatToDo: text('What an admin or the user can do about it.'),
  },
  rows: [
    {
      encryptionStatusDetailKey: NOT_AVAILABLE_KEY,
      platform: 'Not Available',
      flagName: null,
      bit: null,
      description: 'The device reports a status that this warehouse has no words for.',
      whatToDo:
        'Read the flag’s name in deviceEncryptionStates and look it up in the documentation of Microsoft Graph.',
    },
    windows(
      1,
      'noUserConsent',
      1,
      'Encryption waits for the user, who has not agreed to start it.',
      'Ask the user to answer the prompt, or configure silent encryption.',
    ),
    windows(
      2,
      'osVolumeEncryptionMethodMismatch',
      128,
      'The system drive is encrypted with another method than the policy wants.',
      'Decrypt the drive and let the policy encrypt it anew, or allow the method in the policy.',
    ),
    windows(
      3,
      'osVolumeTpmRequired',
      4,
      'The policy wants the system drive protected by the TPM, and it is not.',
      'Add a TPM protector to the drive, or encrypt it anew under the policy.',
    ),
    windows(
      4,
      'osVolumeTpmOnlyRequired',
      8,
      'The policy wants the TPM as the only protector of the system drive.',
      'Remove PIN and startup key from the drive and add a protector of TPM alone.',
    ),
    windows(
      5,
      'osVolumeTpmPinRequired',
      16,
      'The policy wants the TPM together with a PIN, and the system drive has no such protector.',
      'Have the user set a startup PIN, or stop requiring it.',
    ),
    windows(
      6,
      'osVolumeTpmStartupKeyRequired',
      32,
      'The policy wants the TPM together with a startup key, and the system drive has no such protector.',
      'Add a startup key on a USB drive, or stop requiring it.',
    ),
    windows(
      7,
      'osVolumeTpmPinStartupKeyRequired',
      64,
      'The policy wants the TPM with both a PIN and a startup key, and the system drive lacks them.',
      'Set both on the device, or ask for less in the policy.',
    ),
    windows(
      8,
      'osVolumeUnprotected',
      2,
      'The system drive has no protection in effect: it is not encrypted, or protection is suspended.',
      'Check that a policy reaches the device; resume protection if it was suspended.',
    ),
    windows(
      9,
      'recoveryKeyBackupFailed',
      256,
      'The recovery key could not be stored in the directory.',
      'Check the connection and the device object in Microsoft Entra, and that the device has fewer than 200 stored keys.',
    ),
    windows(
      10,
      'fixedDriveNotEncrypted',
      512,
      'A built-in data drive is not encrypted.',
      'Encrypt the drive, or leave data drives out of the policy.',
    ),
    windows(
      11,
      'fixedDriveEncryptionMethodMismatch',
      1024,
      'A built-in data drive is encrypted with another method than the policy wants.',
      'Decrypt that drive and let the policy encrypt it anew, or allow its method.',
    ),
    windows(
      12,
      'loggedOnUserNonAdmin',
      2048,
      'The signed-in user is no administrator, and the policy does not let standard users encrypt.',
      'Allow standard users to enable encryption, which needs a device joined to Microsoft Entra, or sign in as administrator.',
    ),
    windows(
      13,
      'windowsRecoveryEnvironmentNotConfigured',
      4096,
      'The Windows Recovery Environment is not set up on the device.',
      'Turn it on with reagentc /enable, after making room for its partition if needed.',
    ),
    windows(
      14,
      'tpmNotAvailable',
      8192,
      'BitLocker finds no TPM it can use: there is none, it is switched off, or Windows runs from a removable drive.',
      'Turn the TPM on in the firmware, or replace the device.',
    ),
    windows(
      15,
      'tpmNotReady',
      16384,
      'The TPM is there but not prepared for use.',
      'Initialise or clear the TPM in Windows Security and restart the device.',
    ),
    windows(
      16,
      'networkError',
      32768,
      'The network could not be reached when the recovery key was to be stored.',
      'Bring the device online and let it check in again.',
    ),
    mac(
      101,
      'escrowNotEnabled',
      4,
      'The recovery key has not reached Intune yet, so the Mac may be locked, unplugged or long unseen.',
      'Usually passes by itself: have the user unlock the Mac, plug it in and sync.',
    ),
    mac(
      102,
      'userDeferredEncryption',
      2,
      'The user has put encryption off, or it is under way.',
      'Ask the user to sign out and in again; if the Mac was decrypted by hand, turn FileVault on once more.',
    ),
    mac(
      103,
      'driveEncryptedByUser',
      1,
      'The user had already encrypted the Mac, so Intune can neither manage FileVault nor hold its key.',
      'Have the user turn FileVault off, so that the policy can turn it on.',
    ),
    mac(
      104,
      null,
      null,
      'From macOS 10.15 the user must approve the management profile before FileVault can be managed, and has not.',
      'Ask the user to approve the profile in the system settings.',
    ),
    mac(
      105,
      null,
      null,
      'The Mac gives no known reason; it may be locked, so that encryption cannot begin.',
      'Have the user unlock the Mac and sync, then wait for the next night.',
    ),
  ],
});
