// What is written in place of a personal value.
import { createHmac } from 'node:crypto';
import type { PrivacyProfile } from '../../schema/privacy.ts';
import type { Redact } from '../../src/engines/generation-build.ts';

const MASKED = 'masked-';
const DIGITS = 32;
/** What was written in place of a value is not masked again. */
const WRITTEN = /^(?:masked|erased)-/;

/** One value reads the same wherever it stands, in any case of letters; without the secret nobody can try values out. */
export function makeMask(profile: PrivacyProfile, secret: Uint8Array): Redact {
  const hashed = (value: string): string =>
    MASKED + createHmac('sha256', secret).update(value.toLowerCase()).digest('hex').slice(0, DIGITS);
  return (kind, value) => {
    if (profile[kind] === 'full') return value;
    if (profile[kind] === 'dropped' && kind !== 'id') return null;
    return WRITTEN.test(value) ? value : hashed(value);
  };
}
