// What is written in place of a personal value.
import { createHmac } from 'node:crypto';
import type { PrivacyProfile } from '../../schema/privacy-profile.ts';
import type { Redact } from '../../src/engines/erasure.ts';

const MASKED_PREFIX = 'masked-';
const MASK_DIGITS = 32;
/** A value that is already a placeholder is not masked again. */
const PLACEHOLDER = /^(?:masked|erased)-/;

/** Equal values, in any letter case, get equal masks. Without the secret, nobody can find a value by trying candidates. */
export function makeRedact(profile: PrivacyProfile, secret: Uint8Array): Redact {
  const masked = (value: string): string =>
    MASKED_PREFIX +
    createHmac('sha256', secret).update(value.toLowerCase()).digest('hex').slice(0, MASK_DIGITS);
  return (kind, value) => {
    if (profile[kind] === 'full') return value;
    if (profile[kind] === 'dropped' && kind !== 'id') return null;
    return PLACEHOLDER.test(value) ? value : masked(value);
  };
}
