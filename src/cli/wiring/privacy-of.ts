// What the settings say of people, and the secret of the warehouse that it takes.
import type { PrivacySettings } from '../../../etl/privacy/privacy-guard.ts';
import { createMaskingSecret, readMaskingSecret } from '../../../etl/privacy/masking-secret.ts';
import { parseProfile, profileOf } from '../../../schema/privacy-profile.ts';
import { SETTINGS, type SettingName, type Settings } from '../../settings/settings.ts';

export const PRIVACY_SETTINGS = ['privacy', 'forgetAfter'] as const satisfies readonly SettingName[];

export type PrivacyOptions = Pick<Settings, (typeof PRIVACY_SETTINGS)[number]>;

/** The usual ones where the settings do not say. */
export function privacySettingsOf({
  privacy = SETTINGS.privacy.default,
  forgetAfter = SETTINGS.forgetAfter.default,
}: Partial<PrivacyOptions>): PrivacyOptions {
  return { privacy, forgetAfter };
}

/** Anew for each night: the first that masks makes the secret. */
export function privacyOf(settings: Partial<PrivacyOptions>, dataDir: string): PrivacySettings {
  const { privacy, forgetAfter } = privacySettingsOf(settings);
  return {
    profile: parseProfile(privacy) ?? profileOf('full'),
    secret: readMaskingSecret(dataDir),
    createSecret: () => createMaskingSecret(dataDir),
    eraseLeaversAfterDays: forgetAfter === 'never' ? null : forgetAfter,
  };
}
