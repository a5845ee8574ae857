// The hash that identifies an erased person in tombstones.
import { createHash } from 'node:crypto';

/**
 * 64 hexadecimal digits. Ids of a directory are random and 122 bits long: they cannot be guessed, so the hash needs no
 * secret, and a restored backup can be checked against the tombstones.
 */
export function subjectHash(id: string): string {
  return createHash('sha256').update(`fleetfeed subject ${id.toLowerCase()}`).digest('hex');
}
