// What a night owes to people: it keeps of them what the settings say, and erases those who left long enough ago.
import type { Model } from '../../schema/model.ts';
import { profileOf, type PrivacyProfile } from '../../schema/privacy-profile.ts';
import { addDays } from '../../src/base/date-key.ts';
import { FeedError } from '../../src/base/feed-error.ts';
import type { GenerationBuild } from '../../src/engines/generation-build.ts';
import { makeRedact } from './make-redact.ts';
import { redactStaging } from './redact-staging.ts';

export interface PrivacySettings {
  readonly profile: PrivacyProfile;
  /** Of this warehouse; null where it has none yet. */
  readonly secret: Uint8Array | null;
  /** Makes it, before the first value is masked. */
  readonly createSecret: () => Uint8Array;
  /** Nights after someone was found gone; 0 is that same night, null never. */
  readonly eraseLeaversAfterDays: number | null;
}

export const KEEP_ALL_PERSONAL_DATA: PrivacySettings = {
  profile: profileOf('full'),
  secret: null,
  createSecret: () => new Uint8Array(),
  eraseLeaversAfterDays: null,
};

export interface PrivacyGuard {
  /** For the harvest. */
  readonly staging: GenerationBuild;
  /** Once everything is merged: a sentence for the journal, or null where nobody was erased. */
  readonly eraseLeavers: (now: Date) => string | null;
}

/** Throws FeedError `setup.bad-setting` where values are masked by a secret that is no longer there. */
export function openPrivacyGuard(
  build: GenerationBuild,
  model: Model,
  privacy: PrivacySettings,
): PrivacyGuard {
  const { eraseLeaversAfterDays } = privacy;
  const profile = effectiveProfile(build.privacyProfile, privacy.profile);
  const isMasking = Object.values(profile).some((each) => each !== 'full');
  const redact = makeRedact(profile, isMasking ? maskingSecret(build, privacy) : new Uint8Array());
  build.applyPrivacyProfile(profile, redact);
  const needsNoRedaction = !isMasking && build.tombstones.length === 0;
  const { staging, returnedHashes } = needsNoRedaction
    ? { staging: build, returnedHashes: [] }
    : redactStaging(build, model, redact);
  return {
    staging,
    eraseLeavers(now) {
      build.removeTombstones([...returnedHashes]);
      if (eraseLeaversAfterDays === null) return null;
      const leavers = build.leaversSince(addDays(build.dateKey, -eraseLeaversAfterDays));
      if (leavers.length === 0) return null;
      const { people } = build.erase(leavers, { at: now, forGood: false });
      const subject = people === 1 ? 'One person who had left was' : `${people} people who had left were`;
      return `${subject} erased, ${eraseLeaversAfterDays} days after.`;
    },
  };
}

/** Ids that were masked stay so: nobody can tell whose they are, and everybody would be someone new. */
function effectiveProfile(current: PrivacyProfile | null, requested: PrivacyProfile): PrivacyProfile {
  const strictest = current ?? profileOf('full');
  return strictest.id === 'full' || requested.id !== 'full' ? requested : { ...requested, id: strictest.id };
}

function maskingSecret(
  { privacyProfile: privacy }: GenerationBuild,
  { secret, createSecret }: PrivacySettings,
): Uint8Array {
  if (secret) return secret;
  const wasMasking = privacy !== null && Object.values(privacy).some((each) => each !== 'full');
  if (!wasMasking) return createSecret();
  throw new FeedError('setup.bad-setting', 'The secret by which this warehouse masks people is missing.', {
    hint: 'Put privacy.key back into its folder.',
  });
}
