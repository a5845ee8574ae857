// What stands for a person who was erased, where nothing else may.
import { createHash } from 'node:crypto';

/**
 * 64 hexadecimal digits. Ids of a directory are random and 122 bits long: nobody guesses one, so the hash needs no
 * secret, and a backup knows whom it must not bring back.
 */
export function subjectHash(id: string): string {
  return createHash('sha256').update(`fleetfeed subject ${id.toLowerCase()}`).digest('hex');
}
