// Protects personal data in a run: redacts it as the settings say, and erases people who left long enough ago.
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
  /** The masking secret of this warehouse; null when it has none yet. */
  readonly secret: Uint8Array | null;
  /** Called before the first value is masked. */
  readonly createSecret: () => Uint8Array;
  /** Days since a person was found missing; 0 is the same day, null is never. */
  readonly eraseLeaversAfterDays: number | null;
}

export const KEEP_ALL_PERSONAL_DATA: PrivacySettings = {
  profile: profileOf('full'),
  secret: null,
  createSecret: () => new Uint8Array(),
  eraseLeaversAfterDays: null,
};

export interface PrivacyGuard {
  /** The staging that the harvest appends to. */
  readonly staging: Staging;
  /** Called after the merge. Returns a sentence for the journal, or null when nobody was erased. */
  readonly eraseLeavers: (now: Date) => string | null;
}

/** Throws FeedError `setup.bad-setting` when the warehouse has masked values and the secret is missing. */
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

/** Masked ids stay masked: they cannot be unmasked, and with plain ids every person would become a different one. */
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
  throw new FeedError(
    'setup.bad-setting',
    'The secret with which this warehouse masks personal data is missing.',
    {
      hint: 'Put privacy.key back into its folder.',
    },
  );
}
