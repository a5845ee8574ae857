// The secret that masks personal values: created once, and stored beside the warehouse.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FeedError } from '../../src/base/feed-error.ts';

const SECRET_FILE = 'privacy.key';
const SECRET_BYTES = 32;

/**
 * Null when there is none. Throws FeedError `setup.bad-setting` for a truncated one: with a new secret, every person would
 * become a different one.
 */
export function readMaskingSecret(dataDir: string): Uint8Array | null {
  const file = join(dataDir, SECRET_FILE);
  if (!existsSync(file)) return null;
  const secret = Buffer.from(readFileSync(file, 'utf8').trim(), 'hex');
  if (secret.length === SECRET_BYTES) return secret;
  throw new FeedError('setup.bad-setting', `'${file}' does not contain the secret of this warehouse.`, {
    hint: 'Restore it from a backup.',
  });
}

export function createMaskingSecret(dataDir: string): Uint8Array {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const secret = randomBytes(SECRET_BYTES);
  // The flag: never overwrite an existing one.
  writeFileSync(join(dataDir, SECRET_FILE), `${secret.toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  return secret;
}
