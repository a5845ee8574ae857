// What the settings say of people, and the secret of the warehouse that it takes.
import type { Privacy } from '../../etl/privacy/guard-people.ts';
import { makeSecret, readSecret } from '../../etl/privacy/secret.ts';
import { parseProfile, profileOf } from '../../schema/privacy.ts';
import { SETTINGS, type SettingName, type Settings } from '../settings/settings.ts';

export const PRIVACY_SETTINGS = ['privacy', 'forgetAfter'] as const satisfies readonly SettingName[];

export type PrivacySettings = Pick<Settings, (typeof PRIVACY_SETTINGS)[number]>;

/** The usual ones where the settings do not say. */
export function privacySettingsOf({
  privacy = SETTINGS.privacy.default,
  forgetAfter = SETTINGS.forgetAfter.default,
}: Partial<PrivacySettings>): PrivacySettings {
  return { privacy, forgetAfter };
}

/** Anew for each night: the first that masks makes the secret. */
export function privacyOf(settings: Partial<PrivacySettings>, dataDir: string): Privacy {
  const { privacy, forgetAfter } = privacySettingsOf(settings);
  return {
    profile: parseProfile(privacy) ?? profileOf('full'),
    secret: readSecret(dataDir),
    makeSecret: () => makeSecret(dataDir),
    eraseLeftAfter: forgetAfter === 'never' ? null : forgetAfter,
  };
}
