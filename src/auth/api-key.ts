// Keys for clients that cannot sign in: their form, and how they are stored without the secret.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What is stored of a key: enough to recognize it, not enough to use it. */
export interface StoredKey {
  /** Names the key in lists, in the audit and when it is revoked. */
  readonly id: string;
  /** The name that its owner gave it. */
  readonly label: string;
  readonly role: string;
  /** ISO instants with Z; null for a key that does not expire. */
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  /** Base64url. */
  readonly salt: string;
  readonly hash: string;
}

export interface NewKey {
  readonly label: string;
  readonly role: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

// Scanners for leaked secrets recognize the prefix `ff`. The id is not secret.
const KEY_PATTERN = /^ff_([0-9a-f]{12})_([\w-]{43})$/;

/** The text is shown once and never again. */
export function makeKey({ label, role, createdAt, expiresAt }: NewKey): {
  readonly text: string;
  readonly stored: StoredKey;
} {
  const id = randomBytes(6).toString('hex');
  const text = `ff_${id}_${randomBytes(32).toString('base64url')}`;
  const salt = randomBytes(16).toString('base64url');
  const stored = {
    ...{ id, label, role, salt },
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    revokedAt: null,
    hash: hashOf(text, salt).toString('base64url'),
  };
  return { text, stored };
}

/** Whether a text has the form of a key: this tells keys from tokens in `Authorization: Bearer`. */
export function looksLikeKey(text: string): boolean {
  return KEY_PATTERN.test(text);
}

/** The stored key of a text, if it is valid now; null for any other text, whatever is wrong with it. */
export function findKey(text: string, keys: readonly StoredKey[], now: Date): StoredKey | null {
  const [, id] = KEY_PATTERN.exec(text) ?? [];
  const stored = keys.find((each) => each.id === id);
  if (!stored) return null;
  const [givenHash, storedHash] = [hashOf(text, stored.salt), Buffer.from(stored.hash, 'base64url')];
  const isSame = givenHash.length === storedHash.length && timingSafeEqual(givenHash, storedHash);
  const hasEnded = stored.expiresAt !== null && Date.parse(stored.expiresAt) <= now.getTime();
  return isSame && stored.revokedAt === null && !hasEnded ? stored : null;
}

// The secret has 256 random bits. It cannot be guessed, so a slow hash would protect nothing and slow down each request.
function hashOf(text: string, salt: string): Buffer {
  return createHash('sha256').update(salt).update(text).digest();
}
