// What a night owes to people: it keeps of them what the settings say, and erases those who left long enough ago.
import type { Model } from '../../schema/model.ts';
import { profileOf, type PrivacyProfile } from '../../schema/privacy-profile.ts';
import { addDays } from '../../src/base/date-key.ts';
import { FeedError } from '../../src/base/feed-error.ts';
import type { GenerationBuild } from '../../src/engines/generation-build.ts';
import type { Erasure } from '../../src/engines/erasure.ts';
import type { Staging } from '../../src/engines/staging.ts';
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
  readonly staging: Staging;
  /** Once everything is merged: a sentence for the journal, or null where nobody was erased. */
  readonly eraseLeavers: (now: Date) => string | null;
}

/** Throws FeedError `setup.bad-setting` where values are masked by a secret that is no longer there. */
export function openPrivacyGuard(
  { staging, erasure }: GenerationBuild,
  model: Model,
  privacy: PrivacySettings,
): PrivacyGuard {
  const { eraseLeaversAfterDays } = privacy;
  const profile = effectiveProfile(erasure.privacyProfile, privacy.profile);
  const isMasking = Object.values(profile).some((each) => each !== 'full');
  const redact = makeRedact(profile, isMasking ? maskingSecret(erasure, privacy) : new Uint8Array());
  erasure.applyPrivacyProfile(profile, redact);
  const needsNoRedaction = !isMasking && erasure.tombstones.length === 0;
  const redacted = needsNoRedaction
    ? { staging, returnedHashes: [] }
    : redactStaging(staging, model, erasure.tombstones, redact);
  return {
    staging: redacted.staging,
    eraseLeavers(now) {
      erasure.removeTombstones([...redacted.returnedHashes]);
      if (eraseLeaversAfterDays === null) return null;
      const leavers = erasure.leaversSince(addDays(staging.dateKey, -eraseLeaversAfterDays));
      if (leavers.length === 0) return null;
      const { people } = erasure.erase(leavers, { at: now, forGood: false });
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
  { privacyProfile: privacy }: Erasure,
  { secret, createSecret }: PrivacySettings,
): Uint8Array {
  if (secret) return secret;
  const wasMasking = privacy !== null && Object.values(privacy).some((each) => each !== 'full');
  if (!wasMasking) return createSecret();
  throw new FeedError('setup.bad-setting', 'The secret by which this warehouse masks people is missing.', {
    hint: 'Put privacy.key back into its folder.',
  });
}
