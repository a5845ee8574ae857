// Settings → what is kept of people, with the masking secret of the warehouse.
import type { PrivacySettings } from '../../../etl/privacy/privacy-guard.ts';
import { createMaskingSecret, readMaskingSecret } from '../../../etl/privacy/masking-secret.ts';
import { parseProfile, profileOf } from '../../../schema/privacy-profile.ts';
import type { SettingName, Settings } from '../../settings/settings.ts';

export const PRIVACY_SETTINGS = ['privacy', 'forgetAfter'] as const satisfies readonly SettingName[];

type PrivacyOptions = Pick<Settings, 'data' | (typeof PRIVACY_SETTINGS)[number]>;

/** To be made for each run: the first that masks makes the secret. */
export function privacyOf({ data: dataDir, privacy, forgetAfter }: PrivacyOptions): PrivacySettings {
  return {
    profile: parseProfile(privacy) ?? profileOf('full'),
    secret: readMaskingSecret(dataDir),
    createSecret: () => createMaskingSecret(dataDir),
    eraseLeaversAfterDays: forgetAfter === 'never' ? null : forgetAfter,
  };
}
