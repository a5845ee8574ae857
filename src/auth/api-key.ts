// Keys for clients that cannot sign in: how one looks, and how it is kept without being known.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What is stored of a key: enough to know it again, not enough to use it. */
export interface StoredKey {
  /** Told in lists, in the audit and to whoever revokes it. */
  readonly id: string;
  /** What its owner wrote to know it by. */
  readonly label: string;
  readonly role: string;
  /** ISO instants with Z; null for a key that does not end. */
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

// `ff` lets scanners for leaked secrets know it; the id is no secret.
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

/** Whether a text has the shape of a key; tells tokens and keys apart in `Authorization: Bearer`. */
export function looksLikeKey(text: string): boolean {
  return KEY_PATTERN.test(text);
}

/** The stored key that the text is, if it is in force; null for every other text, whatever is wrong with it. */
export function findKey(text: string, keys: readonly StoredKey[], now: Date): StoredKey | null {
  const [, id] = KEY_PATTERN.exec(text) ?? [];
  const stored = keys.find((each) => each.id === id);
  if (!stored) return null;
  const [givenHash, storedHash] = [hashOf(text, stored.salt), Buffer.from(stored.hash, 'base64url')];
  const isSame = givenHash.length === storedHash.length && timingSafeEqual(givenHash, storedHash);
  const hasEnded = stored.expiresAt !== null && Date.parse(stored.expiresAt) <= now.getTime();
  return isSame && stored.revokedAt === null && !hasEnded ? stored : null;
}

// The secret has 256 random bits, which no hash has to protect from guessing: a slow one would only slow each request.
function hashOf(text: string, salt: string): Buffer {
  return createHash('sha256').update(salt).update(text).digest();
}
