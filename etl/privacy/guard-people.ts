// What a night owes to people: it keeps of them what the settings say, and erases those who left long enough ago.
import type { Model } from '../../schema/model.ts';
import { profileOf, type PrivacyProfile } from '../../schema/privacy.ts';
import { addDays } from '../../src/base/date-key.ts';
import { FeedError } from '../../src/base/feed-error.ts';
import type { GenerationBuild } from '../../src/engines/generation-build.ts';
import { makeMask } from './mask.ts';
import { maskedStage } from './masked-stage.ts';

export interface Privacy {
  readonly profile: PrivacyProfile;
  /** Of this warehouse; null where it has none yet. */
  readonly secret: Uint8Array | null;
  /** Makes it, before the first value is masked. */
  readonly makeSecret: () => Uint8Array;
  /** Nights after someone was found gone; 0 is that same night, null never. */
  readonly eraseLeftAfter: number | null;
}

export const KEEP_EVERYTHING: Privacy = {
  profile: profileOf('full'),
  secret: null,
  makeSecret: () => new Uint8Array(),
  eraseLeftAfter: null,
};

export interface Guard {
  /** For the harvest. */
  readonly stage: GenerationBuild;
  /** Once everything is merged: a sentence for the journal, or null where nobody was erased. */
  readonly eraseLeft: (now: Date) => string | null;
}

/** Throws FeedError `setup.bad-setting` where values are masked by a secret that is no longer there. */
export function guardPeople(stage: GenerationBuild, model: Model, privacy: Privacy): Guard {
  const { eraseLeftAfter } = privacy;
  const profile = heldProfile(stage.privacyProfile, privacy.profile);
  const masks = Object.values(profile).some((each) => each !== 'full');
  const mask = makeMask(profile, masks ? secretOf(stage, privacy) : new Uint8Array());
  stage.applyPrivacyProfile(profile, mask);
  const isOpen = !masks && stage.tombstones.length === 0;
  const { stage: guarded, returned } = isOpen ? { stage, returned: [] } : maskedStage(stage, model, mask);
  return {
    stage: guarded,
    eraseLeft(now) {
      stage.removeTombstones([...returned]);
      if (eraseLeftAfter === null) return null;
      const gone = stage.leaversSince(addDays(stage.dateKey, -eraseLeftAfter));
      if (gone.length === 0) return null;
      const { people } = stage.erase(gone, { at: now, forGood: false });
      const who = people === 1 ? 'One person who had left was' : `${people} people who had left were`;
      return `${who} erased, ${eraseLeftAfter} days after.`;
    },
  };
}

/** Ids that were masked stay so: nobody can tell whose they are, and everybody would be someone new. */
function heldProfile(held: PrivacyProfile | null, wanted: PrivacyProfile): PrivacyProfile {
  const before = held ?? profileOf('full');
  return before.id === 'full' || wanted.id !== 'full' ? wanted : { ...wanted, id: before.id };
}

function secretOf({ privacyProfile: privacy }: GenerationBuild, { secret, makeSecret }: Privacy): Uint8Array {
  if (secret) return secret;
  const wasUsed = privacy !== null && Object.values(privacy).some((each) => each !== 'full');
  if (!wasUsed) return makeSecret();
  throw new FeedError('setup.bad-setting', 'The secret by which this warehouse masks people is missing.', {
    hint: 'Put privacy.key back into its folder.',
  });
}
